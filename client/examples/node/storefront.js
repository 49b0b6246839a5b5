// Shows what a channel can sell: node storefront.js ADDRESS PROTOSET CHANNEL SKU...
'use strict';

const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [address, protoset, channel_id, ...skus] = process.argv.slice(2);
if (skus.length === 0) {
  console.error('Usage: node storefront.js ADDRESS PROTOSET CHANNEL SKU...');
  process.exit(2);
}

// inventory.protoset describes the whole API: no code is generated. Quantities are 64 bits wide, hence strings.
const api = protoLoader.loadFileDescriptorSetFromBuffer(fs.readFileSync(protoset), {longs: String, enums: String});
const {InventoryService} = grpc.loadPackageDefinition(api).inventory.v1;

// gRPC repeats what did not get through. Reads may be repeated as they are; writes need a request_id.
const serviceConfig = {
  methodConfig: [{
    name: [{service: 'inventory.v1.InventoryService'}],
    retryPolicy: {
      maxAttempts: 5,
      initialBackoff: '0.1s',
      maxBackoff: '2s',
      backoffMultiplier: 2,
      retryableStatusCodes: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
    },
  }],
};
const inventory = new InventoryService(address, grpc.credentials.createInsecure(),
                                       {'grpc.service_config': JSON.stringify(serviceConfig)});

// Why the service refused a call, for programs: {reason, metadata}. Undefined where there was no service to say it.
function errorInfo(error) {
  const [trailer] = error.metadata.get('grpc-status-details-bin');
  if (!trailer) return undefined;
  const {details} = api['google.rpc.Status'].deserialize(trailer);
  const info = details.find((detail) => detail.type_url.endsWith('/google.rpc.ErrorInfo'));
  return info && api['google.rpc.ErrorInfo'].deserialize(info.value);
}

inventory.GetAvailability({channel_id, skus}, {deadline: Date.now() + 5000}, (error, response) => {
  inventory.close();
  if (error) {
    console.error(`${grpc.status[error.code]} ${errorInfo(error)?.reason ?? ''}: ${error.details}`);
    process.exitCode = 1;
    return;
  }
  for (const {sku, status, label, quantity} of response.availabilities) {
    console.log(`${sku}: ${label ?? status}${quantity === undefined ? '' : `, ${quantity} left`}`);
  }
});
