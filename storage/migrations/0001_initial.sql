-- Codes and ids are VARBINARY: compared byte for byte, no padding, the same on every engine.
-- Times are UTC. A row's lock order and meaning: server/adr/0001-locking.md.

CREATE TABLE IF NOT EXISTS item (
  sku                      VARBINARY(128) NOT NULL,
  configured               TINYINT        NOT NULL DEFAULT 0,
  tracked                  TINYINT        NOT NULL DEFAULT 1,
  published                TINYINT        NOT NULL DEFAULT 1,
  display_availability     TINYINT        NOT NULL DEFAULT 0,
  display_stock_quantity   TINYINT        NOT NULL DEFAULT 0,
  min_order_quantity       BIGINT         NOT NULL DEFAULT 1,
  max_order_quantity       BIGINT         NOT NULL DEFAULT 10000,
  multiple_order_quantity  BIGINT         NOT NULL DEFAULT 1,
  allowed_order_quantities VARBINARY(2048) NOT NULL DEFAULT '',
  default_safety_stock     BIGINT         NOT NULL DEFAULT 0,
  labels                   VARBINARY(24576) NOT NULL DEFAULT '',
  config_version           BIGINT         NOT NULL DEFAULT 0,
  create_time              DATETIME(6)    NULL,
  update_time              DATETIME(6)    NULL,
  sequence                 BIGINT         NOT NULL DEFAULT 0,
  last_movement_time       DATETIME(6)    NULL,
  PRIMARY KEY (sku)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS stock_level (
  sku             VARBINARY(128) NOT NULL,
  warehouse_id    VARBINARY(64)  NOT NULL,
  on_hand         BIGINT         NOT NULL,
  reserved        BIGINT         NOT NULL,
  safety_stock    BIGINT         NOT NULL,
  damaged         BIGINT         NOT NULL,
  quality_control BIGINT         NOT NULL,
  version         BIGINT         NOT NULL,
  update_time     DATETIME(6)    NOT NULL,
  PRIMARY KEY (sku, warehouse_id),
  KEY stock_level_by_warehouse (warehouse_id, sku)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS reservation (
  reservation_id  VARBINARY(64)  NOT NULL,
  channel_id      VARBINARY(64)  NOT NULL,
  order_reference VARBINARY(128) NOT NULL,
  state           TINYINT        NOT NULL,
  expire_time     DATETIME(6)    NULL,
  warehouse_ids   VARBINARY(6600) NOT NULL,
  version         BIGINT         NOT NULL,
  create_time     DATETIME(6)    NOT NULL,
  update_time     DATETIME(6)    NOT NULL,
  PRIMARY KEY (reservation_id),
  KEY reservation_by_order (order_reference, reservation_id),
  KEY reservation_by_expiry (expire_time)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS reservation_line (
  reservation_id VARBINARY(64)  NOT NULL,
  sku            VARBINARY(128) NOT NULL,
  requested      BIGINT         NOT NULL,
  reserved       BIGINT         NOT NULL,
  shipped        BIGINT         NOT NULL,
  cancelled      BIGINT         NOT NULL,
  PRIMARY KEY (reservation_id, sku),
  KEY reservation_line_by_sku (sku, reservation_id)
) DEFAULT CHARSET = utf8mb4;

-- expire_time is set only while the units are held and live, so that its index holds nothing else.
CREATE TABLE IF NOT EXISTS allocation (
  reservation_id VARBINARY(64)  NOT NULL,
  sku            VARBINARY(128) NOT NULL,
  warehouse_id   VARBINARY(64)  NOT NULL,
  reserved       BIGINT         NOT NULL,
  in_shipment    BIGINT         NOT NULL,
  shipped        BIGINT         NOT NULL,
  expire_time    DATETIME(6)    NULL,
  PRIMARY KEY (reservation_id, sku, warehouse_id),
  KEY allocation_by_expiry (sku, expire_time)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS shipment (
  shipment_id     VARBINARY(64)  NOT NULL,
  reservation_id  VARBINARY(64)  NOT NULL,
  warehouse_id    VARBINARY(64)  NOT NULL,
  state           TINYINT        NOT NULL,
  carrier         VARCHAR(128)   NOT NULL,
  tracking_number VARCHAR(128)   NOT NULL,
  version         BIGINT         NOT NULL,
  create_time     DATETIME(6)    NOT NULL,
  update_time     DATETIME(6)    NOT NULL,
  PRIMARY KEY (shipment_id),
  KEY shipment_by_reservation (reservation_id, shipment_id),
  KEY shipment_by_warehouse (warehouse_id, state, shipment_id)
) DEFAULT CHARSET = utf8mb4;

-- allocated_from differs from the shipment's warehouse for units that were re-allocated to it.
CREATE TABLE IF NOT EXISTS shipment_line (
  shipment_id    VARBINARY(64)  NOT NULL,
  sku            VARBINARY(128) NOT NULL,
  allocated_from VARBINARY(64)  NOT NULL,
  quantity       BIGINT         NOT NULL,
  PRIMARY KEY (shipment_id, sku, allocated_from)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS movement (
  sku                     VARBINARY(128) NOT NULL,
  sequence                BIGINT         NOT NULL,
  warehouse_id            VARBINARY(64)  NOT NULL,
  version                 BIGINT         NOT NULL,
  type                    TINYINT        NOT NULL,
  delta_on_hand           BIGINT         NOT NULL,
  delta_reserved          BIGINT         NOT NULL,
  delta_safety_stock      BIGINT         NOT NULL,
  delta_damaged           BIGINT         NOT NULL,
  delta_quality_control   BIGINT         NOT NULL,
  balance_on_hand         BIGINT         NOT NULL,
  balance_reserved        BIGINT         NOT NULL,
  balance_safety_stock    BIGINT         NOT NULL,
  balance_damaged         BIGINT         NOT NULL,
  balance_quality_control BIGINT         NOT NULL,
  reason                  VARCHAR(255)   NOT NULL,
  actor                   VARBINARY(255) NOT NULL,
  document_id             VARBINARY(64)  NOT NULL,
  request_id              VARBINARY(160) NOT NULL,
  create_time             DATETIME(6)    NOT NULL,
  PRIMARY KEY (sku, sequence),
  UNIQUE KEY movement_by_level (sku, warehouse_id, version),
  KEY movement_by_document (document_id)
) DEFAULT CHARSET = utf8mb4;

-- The first answer to every write, by caller and request id.
CREATE TABLE IF NOT EXISTS request_record (
  caller      VARBINARY(255) NOT NULL,
  request_id  VARBINARY(160) NOT NULL,
  fingerprint BINARY(32)     NOT NULL,
  code        TINYINT        NOT NULL,
  reply       LONGBLOB       NOT NULL,
  create_time DATETIME(6)    NOT NULL,
  PRIMARY KEY (caller, request_id),
  KEY request_record_by_time (create_time)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS warehouse (
  warehouse_id VARBINARY(64)  NOT NULL,
  name         VARCHAR(255)   NOT NULL,
  description  VARCHAR(2000)  NOT NULL,
  active       TINYINT        NOT NULL,
  latitude     DOUBLE         NULL,
  longitude    DOUBLE         NULL,
  street_lines VARCHAR(800)   NOT NULL,
  city         VARCHAR(255)   NOT NULL,
  postal_code  VARCHAR(255)   NOT NULL,
  region_code  VARCHAR(255)   NOT NULL,
  country_code VARBINARY(2)   NOT NULL,
  type         VARCHAR(64)    NOT NULL,
  version      BIGINT         NOT NULL,
  create_time  DATETIME(6)    NOT NULL,
  update_time  DATETIME(6)    NOT NULL,
  delete_time  DATETIME(6)    NULL,
  PRIMARY KEY (warehouse_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS channel (
  channel_id  VARBINARY(64) NOT NULL,
  name        VARCHAR(255)  NOT NULL,
  active      TINYINT       NOT NULL,
  version     BIGINT        NOT NULL,
  create_time DATETIME(6)   NOT NULL,
  update_time DATETIME(6)   NOT NULL,
  delete_time DATETIME(6)   NULL,
  PRIMARY KEY (channel_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS attachment (
  channel_id   VARBINARY(64) NOT NULL,
  warehouse_id VARBINARY(64) NOT NULL,
  priority     INT           NOT NULL,
  PRIMARY KEY (channel_id, warehouse_id)
) DEFAULT CHARSET = utf8mb4;

-- One row; grows with every change of warehouses, channels and attachments, and is the lock of all of them.
CREATE TABLE IF NOT EXISTS configuration (
  id      TINYINT NOT NULL,
  version BIGINT  NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARSET = utf8mb4;

INSERT INTO configuration (id, version) VALUES (1, 1) ON DUPLICATE KEY UPDATE id = id;
