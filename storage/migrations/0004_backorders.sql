-- Orders that wait for stock. A SKU's counters of them stand in its lock row.

ALTER TABLE item ADD COLUMN backorder_policy TINYINT NOT NULL DEFAULT 1;

ALTER TABLE item ADD COLUMN backorder_limit BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN backordered BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN last_backorder BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN fill_pending TINYINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD KEY item_by_fill_pending (fill_pending, sku);

ALTER TABLE reservation_line ADD COLUMN backordered BIGINT NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS backorder (
  sku            VARBINARY(128) NOT NULL,
  place          BIGINT         NOT NULL,
  reservation_id VARBINARY(64)  NOT NULL,
  channel_id     VARBINARY(64)  NOT NULL,
  quantity       BIGINT         NOT NULL,
  expire_time    DATETIME(6)    NULL,
  create_time    DATETIME(6)    NOT NULL,
  PRIMARY KEY (sku, place),
  KEY backorder_by_reservation (reservation_id, sku),
  KEY backorder_by_expiry (sku, expire_time)
) DEFAULT CHARSET = utf8mb4;

-- Changes of the configuration up to this version have had their consequences for backorders.
ALTER TABLE configuration ADD COLUMN followed_version BIGINT NOT NULL DEFAULT 0;
