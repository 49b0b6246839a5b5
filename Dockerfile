# The image of inventory-server, with inventoryctl: `make image`, or docker build with the arguments that
# server/dev/image.sh gives. It holds Debian 12 slim, the two packages and what they depend on, and runs as a user
# without rights.

# Pin it by digest for builds that can be repeated: debian:12-slim@sha256:...
ARG BASE=docker.io/library/debian:12-slim
# Where the packages come from: `built` here, or `prebuilt` by `make packages`.
ARG PACKAGES=built

FROM ${BASE} AS built
# The first layer changes with the list of packages alone.
COPY server/dev/install-dependencies.sh server/dev/backports.sh /tmp/
RUN /tmp/install-dependencies.sh --tracing
COPY . /src
RUN make -C /src packages

FROM scratch AS prebuilt
COPY server/dev/backports.sh /src/server/dev/
COPY build/packages/*.deb /src/build/packages/

FROM ${PACKAGES} AS packages

FROM ${BASE}
ARG VERSION
ARG REVISION=unknown
ARG SOURCE=unknown
ARG CREATED
# What programs take for now, so that files which note the time come out the same.
ARG SOURCE_DATE_EPOCH
LABEL org.opencontainers.image.title="inventory-server" \
      org.opencontainers.image.description="Inventory service for commerce platforms, over gRPC" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"

# The user comes first, so that its number is the same in every image. The certificates are for https to webhooks and
# keys of tokens. What exports traces is added where it was built. What apt, dpkg and ldconfig leave behind is of no use
# here, and other in every build.
RUN --mount=type=bind,from=packages,source=/src,target=/src \
    set -eu; \
    : "${VERSION:?must be given by --build-arg: the version of the packages}"; \
    groupadd --system --gid 10001 inventory; \
    useradd --system --uid 10001 --gid inventory --home-dir /var/lib/inventory --shell /usr/sbin/nologin inventory; \
    end="_${VERSION}_$(dpkg --print-architecture).deb"; \
    cd /src/build/packages; \
    export DEBIAN_FRONTEND=noninteractive; \
    apt-get update; \
    apt-get install --yes --no-install-recommends ca-certificates "./inventory-server$end" "./inventoryctl$end"; \
    if [ -e "inventory-server-otlp$end" ]; then \
      /src/server/dev/backports.sh opentelemetry-cpp; \
      apt-get install --yes "./inventory-server-otlp$end"; \
    fi; \
    apt-get clean; \
    rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/lib/dpkg/*-old \
      /var/log/apt /var/log/*.log /etc/*- /tmp/*; \
    test "$(inventory-server version)" = "inventory-server ${VERSION}"

USER 10001:10001
EXPOSE 50051 9464
# No folder but this is written to, and it only by a private database, which the image has not: with --database-url all
# of the file system may be read-only.
WORKDIR /var/lib/inventory
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["inventoryctl", "health", "--timeout", "4s"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/inventory-server"]
CMD ["serve"]
