-- Units that come back, that are expected, and that move between warehouses.

ALTER TABLE stock_level ADD COLUMN incoming BIGINT NOT NULL DEFAULT 0;

ALTER TABLE movement ADD COLUMN delta_incoming BIGINT NOT NULL DEFAULT 0;

ALTER TABLE movement ADD COLUMN balance_incoming BIGINT NOT NULL DEFAULT 0;

ALTER TABLE reservation_line ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS stock_return (
  return_id      VARBINARY(64) NOT NULL,
  reservation_id VARBINARY(64) NOT NULL,
  reason         VARCHAR(255)  NOT NULL,
  create_time    DATETIME(6)   NOT NULL,
  PRIMARY KEY (return_id),
  KEY stock_return_by_reservation (reservation_id, return_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS stock_return_line (
  return_id    VARBINARY(64)  NOT NULL,
  sku          VARBINARY(128) NOT NULL,
  warehouse_id VARBINARY(64)  NOT NULL,
  disposition  TINYINT        NOT NULL,
  quantity     BIGINT         NOT NULL,
  PRIMARY KEY (return_id, sku, warehouse_id, disposition),
  KEY stock_return_line_by_sku (sku, return_id),
  KEY stock_return_line_by_warehouse (warehouse_id, return_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS replenishment (
  replenishment_id VARBINARY(64)  NOT NULL,
  sku              VARBINARY(128) NOT NULL,
  warehouse_id     VARBINARY(64)  NOT NULL,
  ordered          BIGINT         NOT NULL,
  received         BIGINT         NOT NULL,
  expected_time    DATETIME(6)    NULL,
  state            TINYINT        NOT NULL,
  reference        VARCHAR(128)   NOT NULL,
  version          BIGINT         NOT NULL,
  create_time      DATETIME(6)    NOT NULL,
  update_time      DATETIME(6)    NOT NULL,
  PRIMARY KEY (replenishment_id),
  KEY replenishment_by_sku (sku, state, replenishment_id),
  KEY replenishment_by_warehouse (warehouse_id, state, replenishment_id),
  KEY replenishment_by_state (state, replenishment_id),
  KEY replenishment_of_sku (sku, replenishment_id),
  KEY replenishment_in_warehouse (warehouse_id, replenishment_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS transfer (
  transfer_id       VARBINARY(64) NOT NULL,
  from_warehouse_id VARBINARY(64) NOT NULL,
  to_warehouse_id   VARBINARY(64) NOT NULL,
  state             TINYINT       NOT NULL,
  expected_time     DATETIME(6)   NULL,
  reason            VARCHAR(255)  NOT NULL,
  version           BIGINT        NOT NULL,
  create_time       DATETIME(6)   NOT NULL,
  update_time       DATETIME(6)   NOT NULL,
  PRIMARY KEY (transfer_id),
  KEY transfer_by_source (from_warehouse_id, state, transfer_id),
  KEY transfer_by_destination (to_warehouse_id, state, transfer_id),
  KEY transfer_by_state (state, transfer_id),
  KEY transfer_from_warehouse (from_warehouse_id, transfer_id),
  KEY transfer_to_warehouse (to_warehouse_id, transfer_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS transfer_line (
  transfer_id     VARBINARY(64)  NOT NULL,
  sku             VARBINARY(128) NOT NULL,
  quantity        BIGINT         NOT NULL,
  received        BIGINT         NOT NULL,
  missing         BIGINT         NOT NULL,
  shortage_reason VARCHAR(255)   NOT NULL,
  PRIMARY KEY (transfer_id, sku),
  KEY transfer_line_by_sku (sku, transfer_id)
) DEFAULT CHARSET = utf8mb4;
