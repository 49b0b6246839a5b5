-- Codes that callers give their resources. Each stands in its resource's row too; this table makes it unique.

CREATE TABLE IF NOT EXISTS external_reference (
  kind TINYINT        NOT NULL,
  code VARBINARY(128) NOT NULL,
  id   VARBINARY(128) NOT NULL,
  PRIMARY KEY (kind, code)
) DEFAULT CHARSET = utf8mb4;

ALTER TABLE item ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';

ALTER TABLE warehouse ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';

ALTER TABLE channel ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';

ALTER TABLE reservation ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';

ALTER TABLE shipment ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';

ALTER TABLE replenishment ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';

ALTER TABLE transfer ADD COLUMN external_reference_code VARBINARY(128) NOT NULL DEFAULT '';
