#include "server/rpc/reflection_service.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/errors.h"
#include "server/rpc/admission.h"
#include "server/rpc/generated_message.h"
#include "server/rpc/open_calls.h"
#include "server/rpc/pushback.h"
#include "server/rpc/received.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

const FieldDescriptor& Field(const Message& message, const char* name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

std::string Text(const Message& message, const char* name) {
  return message.GetReflection()->GetString(message, &Field(message, name));
}

Message& Part(Message& message, const char* name) {
  return *message.GetReflection()->MutableMessage(&message, &Field(message, name));
}

void Fail(Message& response, grpc::StatusCode code, const std::string& what) {
  Message& error = Part(response, "error_response");
  error.GetReflection()->SetInt32(&error, &Field(error, "error_code"), code);
  error.GetReflection()->SetString(&error, &Field(error, "error_message"), what);
}

// The file and all that it needs, each once.
void AddFiles(const FileDescriptor& file, std::set<std::string>& added, Message& files) {
  if (!added.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files.GetReflection()->AddString(&files, &Field(files, "file_descriptor_proto"), proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddFiles(*file.dependency(i), added, files);
}

void AnswerFile(const FileDescriptor* file, Message& response) {
  if (file == nullptr) return Fail(response, grpc::StatusCode::NOT_FOUND, "the server knows nothing of this name");
  std::set<std::string> added;
  AddFiles(*file, added, Part(response, "file_descriptor_response"));
}

void AnswerExtension(const Message& asked, Message& response) {
  const auto* extended = Pool().FindMessageTypeByName(Text(asked, "containing_type"));
  const int number = asked.GetReflection()->GetInt32(asked, &Field(asked, "extension_number"));
  const auto* extension = extended == nullptr ? nullptr : Pool().FindExtensionByNumber(extended, number);
  AnswerFile(extension == nullptr ? nullptr : extension->file(), response);
}

void AnswerExtensionNumbers(const std::string& name, Message& response) {
  const auto* extended = Pool().FindMessageTypeByName(name);
  if (extended == nullptr) return AnswerFile(nullptr, response);
  std::vector<const FieldDescriptor*> extensions;
  Pool().FindAllExtensions(extended, &extensions);
  Message& answer = Part(response, "all_extension_numbers_response");
  answer.GetReflection()->SetString(&answer, &Field(answer, "base_type_name"), name);
  for (const FieldDescriptor* extension : extensions) {
    answer.GetReflection()->AddInt32(&answer, &Field(answer, "extension_number"), extension->number());
  }
}

}  // namespace

// One call, which is cut if its caller asks and takes nothing for as long as callers may take for an answer. Reading,
// answering and writing follow each other, so that nothing here needs a lock.
class ReflectionService::Stream final : public Reactor {
 public:
  Stream(const ReflectionService& service, Runtime& runtime, const MethodFacts& facts, Wire& wire)
      : Stream(service, runtime, facts, wire, Admit(runtime, facts, wire.context())) {}

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    const std::unique_ptr<Message> request = NewGenerated("grpc.reflection.v1alpha.ServerReflectionRequest");
    const Received received = Receive(incoming_, kSmallRequest, *request);
    if (!received.status.ok()) return Finish(ToGrpc(received.status));
    place_.AwaitCaller();
    StartWrite(*service_.Answer(*request));
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    ReadNext();
  }
  void OnDone() override { delete this; }

 private:
  Stream(const ReflectionService& service, Runtime& runtime, const MethodFacts& facts, Wire& wire,
         const Admission& admission)
      : Reactor(wire),
        service_(service),
        place_(runtime.open_calls(), admission.origin.share, /*bytes=*/0, context().c_call()) {
    Audit(runtime, facts, context(), admission.origin, admission.status);
    place_.AwaitCaller();
    if (place_.verdict() != OpenCalls::Verdict::kAdmitted) {
      Finish(ToGrpc(TooManyCalls()));
    } else if (!admission.status.ok()) {
      Finish(ToGrpc(admission.status));
    } else {
      ReadNext();
    }
  }

  void ReadNext() {
    place_.AwaitCaller();
    StartRead(incoming_);
  }

  const ReflectionService& service_;
  OpenCalls::Place place_;
  grpc::ByteBuffer incoming_;
};

void ReflectionService::AddTo(CallServer& server, Runtime& runtime) {
  for (const char* service : {"grpc.reflection.v1alpha.ServerReflection", "grpc.reflection.v1.ServerReflection"}) {
    const auto facts = std::make_shared<const MethodFacts>(runtime, absl::StrCat(service, ".ServerReflectionInfo"));
    server.Add(absl::StrCat("/", service, "/ServerReflectionInfo"),
               [this, &runtime, facts](Wire& wire) { new Stream(*this, runtime, *facts, wire); });
  }
}

std::unique_ptr<Message> ReflectionService::Answer(const Message& request) const {
  std::unique_ptr<Message> response = NewGenerated("grpc.reflection.v1alpha.ServerReflectionResponse");
  response->GetReflection()->SetString(response.get(), &Field(*response, "valid_host"), Text(request, "host"));
  Part(*response, "original_request").CopyFrom(request);
  const auto* oneof = request.GetDescriptor()->FindOneofByName("message_request");
  const FieldDescriptor* asked = request.GetReflection()->GetOneofFieldDescriptor(request, oneof);
  const std::string what = asked == nullptr ? "" : asked->name();
  if (what == "list_services") {
    Message& list = Part(*response, "list_services_response");
    for (const std::string& service : services_) {
      Message& entry = *list.GetReflection()->AddMessage(&list, &Field(list, "service"));
      entry.GetReflection()->SetString(&entry, &Field(entry, "name"), service);
    }
  } else if (what == "file_by_filename") {
    AnswerFile(Pool().FindFileByName(Text(request, what.c_str())), *response);
  } else if (what == "file_containing_symbol") {
    AnswerFile(Pool().FindFileContainingSymbol(Text(request, what.c_str())), *response);
  } else if (what == "file_containing_extension") {
    AnswerExtension(request.GetReflection()->GetMessage(request, asked), *response);
  } else if (what == "all_extension_numbers_of_type") {
    AnswerExtensionNumbers(Text(request, what.c_str()), *response);
  } else {
    Fail(*response, grpc::StatusCode::INVALID_ARGUMENT, "the request asks for nothing that is known here");
  }
  return response;
}

}  // namespace inventory::rpc
