-- Columns that most new rows of the four busiest tables leave at 0 or empty get that as their default, so that inserts
-- need not carry them. Metadata only; to run it again does no harm.

ALTER TABLE reservation
  ALTER COLUMN channel_id SET DEFAULT '', ALTER COLUMN order_reference SET DEFAULT '',
  ALTER COLUMN warehouse_ids SET DEFAULT '', ALTER COLUMN version SET DEFAULT 0;

ALTER TABLE reservation_line
  ALTER COLUMN requested SET DEFAULT 0, ALTER COLUMN reserved SET DEFAULT 0, ALTER COLUMN shipped SET DEFAULT 0,
  ALTER COLUMN cancelled SET DEFAULT 0;

ALTER TABLE allocation
  ALTER COLUMN reserved SET DEFAULT 0, ALTER COLUMN in_shipment SET DEFAULT 0, ALTER COLUMN shipped SET DEFAULT 0;

ALTER TABLE movement
  ALTER COLUMN warehouse_id SET DEFAULT '', ALTER COLUMN version SET DEFAULT 0,
  ALTER COLUMN delta_on_hand SET DEFAULT 0, ALTER COLUMN delta_reserved SET DEFAULT 0,
  ALTER COLUMN delta_safety_stock SET DEFAULT 0, ALTER COLUMN delta_damaged SET DEFAULT 0,
  ALTER COLUMN delta_quality_control SET DEFAULT 0, ALTER COLUMN balance_on_hand SET DEFAULT 0,
  ALTER COLUMN balance_reserved SET DEFAULT 0, ALTER COLUMN balance_safety_stock SET DEFAULT 0,
  ALTER COLUMN balance_damaged SET DEFAULT 0, ALTER COLUMN balance_quality_control SET DEFAULT 0,
  ALTER COLUMN reason SET DEFAULT '', ALTER COLUMN actor SET DEFAULT '', ALTER COLUMN document_id SET DEFAULT '',
  ALTER COLUMN request_id SET DEFAULT '';
