-- A small shop on Magento Open Source: the tables that export_magento.sql reads, as Magento 2.4 makes them, without
-- columns that nothing here reads. All names and numbers are made up.
SET NAMES utf8mb4;
SET time_zone = '+00:00';

CREATE TABLE inventory_source (source_code varchar(255) NOT NULL PRIMARY KEY, name varchar(255) NOT NULL,
  enabled smallint unsigned NOT NULL DEFAULT 1, description text, latitude decimal(8,6), longitude decimal(9,6),
  country_id varchar(2) NOT NULL, region varchar(255), city varchar(255), street varchar(255),
  postcode varchar(255) NOT NULL);
INSERT INTO inventory_source VALUES
  ('default', 'Default Source', 1, 'Default Source', 0, 0, 'US', NULL, NULL, NULL, '00000'),
  ('ber', 'Berlin', 1, 'Line one\nline two', 52.530000, 13.380000, 'DE', 'Berlin', 'Berlin', 'Lagerstraße 1', '10115'),
  ('par', 'Shop in Paris', 1, NULL, 48.860000, 2.340000, 'FR', NULL, 'Paris', '2 rue Haute', '75001'),
  ('hub', 'Hub', 1, NULL, 50.110000, 8.680000, 'DE', NULL, 'Frankfurt', NULL, '60311'),
  ('nyc', 'New York', 1, NULL, 40.710000, -74.000000, 'US', 'New York', 'New York', '1 Main St', '10001'),
  ('old', 'Closed', 0, NULL, NULL, NULL, 'DE', NULL, NULL, NULL, '1');

CREATE TABLE inventory_stock (stock_id int unsigned NOT NULL PRIMARY KEY, name varchar(255) NOT NULL);
INSERT INTO inventory_stock VALUES (1, 'Default Stock'), (2, 'Europe'), (3, 'America');

CREATE TABLE inventory_source_stock_link (link_id int unsigned NOT NULL PRIMARY KEY, stock_id int unsigned NOT NULL,
  source_code varchar(255) NOT NULL, priority smallint unsigned NOT NULL);
INSERT INTO inventory_source_stock_link VALUES (1, 1, 'default', 1), (2, 2, 'ber', 1), (3, 2, 'par', 2),
  (4, 2, 'hub', 3), (5, 3, 'nyc', 1), (6, 3, 'hub', 2), (7, 2, 'old', 4);

CREATE TABLE inventory_stock_sales_channel (type varchar(64) NOT NULL, code varchar(64) NOT NULL,
  stock_id int unsigned NOT NULL, PRIMARY KEY (type, code));
INSERT INTO inventory_stock_sales_channel VALUES ('website', 'base', 2), ('website', 'us', 3);
CREATE TABLE store_website (website_id smallint unsigned NOT NULL PRIMARY KEY, code varchar(32), name varchar(64));
INSERT INTO store_website VALUES (0, 'admin', 'Admin'), (1, 'base', 'Europe'), (2, 'us', 'America');
CREATE TABLE store (store_id smallint unsigned NOT NULL PRIMARY KEY, website_id smallint unsigned NOT NULL);
INSERT INTO store VALUES (0, 0), (1, 1), (2, 1), (3, 2);

CREATE TABLE inventory_source_item (source_item_id int unsigned NOT NULL PRIMARY KEY, source_code varchar(255) NOT NULL,
  sku varchar(64) NOT NULL, quantity decimal(12,4) NOT NULL DEFAULT 0, status smallint unsigned NOT NULL DEFAULT 0);
INSERT INTO inventory_source_item VALUES
  (1, 'ber', 'BACKPACK-M', 10, 1), (2, 'par', 'BACKPACK-M', 5, 1), (3, 'ber', 'BOTTLE', 8, 1), (4, 'par', 'BOTTLE', 2, 1),
  (5, 'ber', 'HONEY', 12.5, 1), (6, 'nyc', 'MAPS', 0, 1), (7, 'ber', 'EBOOK', 0, 1), (8, 'ber', 'CANDLE', 4, 1),
  (9, 'par', 'CANDLE', 6, 0), (10, 'nyc', 'MUG', 20, 1), (11, 'hub', 'SHARED', 10, 1), (12, 'ber', 'SHARED', 1, 1),
  (13, 'nyc', 'SHARED', 2, 1), (14, 'old', 'BOTTLE', 3, 1), (15, 'ber', 'TENT', 6, 1), (16, 'default', 'BOTTLE', 9, 1);

CREATE TABLE catalog_product_entity (entity_id int unsigned NOT NULL PRIMARY KEY, type_id varchar(32) NOT NULL,
  sku varchar(64) NOT NULL);
INSERT INTO catalog_product_entity VALUES (1, 'configurable', 'BACKPACK'), (2, 'simple', 'BACKPACK-M'),
  (3, 'simple', 'BOTTLE'), (4, 'simple', 'HONEY'), (5, 'simple', 'MAPS'), (6, 'downloadable', 'EBOOK'),
  (7, 'simple', 'CANDLE'), (8, 'simple', 'MUG'), (9, 'simple', 'SHARED'), (10, 'bundle', 'SET'), (11, 'simple', 'TENT');

CREATE TABLE cataloginventory_stock_item (item_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  product_id int unsigned NOT NULL, min_qty decimal(12,4) NOT NULL DEFAULT 0,
  use_config_min_qty smallint unsigned NOT NULL DEFAULT 1, is_qty_decimal smallint unsigned NOT NULL DEFAULT 0,
  backorders smallint unsigned NOT NULL DEFAULT 0, use_config_backorders smallint unsigned NOT NULL DEFAULT 1,
  min_sale_qty decimal(12,4) NOT NULL DEFAULT 1, use_config_min_sale_qty smallint unsigned NOT NULL DEFAULT 1,
  max_sale_qty decimal(12,4) NOT NULL DEFAULT 0, use_config_max_sale_qty smallint unsigned NOT NULL DEFAULT 1,
  manage_stock smallint unsigned NOT NULL DEFAULT 0, use_config_manage_stock smallint unsigned NOT NULL DEFAULT 1,
  use_config_qty_increments smallint unsigned NOT NULL DEFAULT 1, qty_increments decimal(12,4) NOT NULL DEFAULT 0,
  use_config_enable_qty_inc smallint unsigned NOT NULL DEFAULT 1,
  enable_qty_increments smallint unsigned NOT NULL DEFAULT 0);
INSERT INTO cataloginventory_stock_item (product_id) VALUES (1), (2), (7), (8), (9), (10), (11);
INSERT INTO cataloginventory_stock_item (product_id, min_qty, use_config_min_qty) VALUES (3, 3, 0);
INSERT INTO cataloginventory_stock_item (product_id, is_qty_decimal, min_sale_qty, use_config_min_sale_qty)
  VALUES (4, 1, 0.25, 0);
INSERT INTO cataloginventory_stock_item (product_id, backorders, use_config_backorders, min_qty, use_config_min_qty)
  VALUES (5, 1, 0, -10, 0);
INSERT INTO cataloginventory_stock_item (product_id, manage_stock, use_config_manage_stock) VALUES (6, 0, 0);
UPDATE cataloginventory_stock_item SET enable_qty_increments = 1, use_config_enable_qty_inc = 0, qty_increments = 4,
  use_config_qty_increments = 0 WHERE product_id = 8;

CREATE TABLE core_config_data (config_id int unsigned NOT NULL PRIMARY KEY, scope varchar(8) NOT NULL,
  scope_id int NOT NULL, path varchar(255) NOT NULL, value text);
INSERT INTO core_config_data VALUES
  (1, 'default', 0, 'cataloginventory/item_options/max_sale_qty', '500'),
  (2, 'default', 0, 'sales/orders/delete_pending_after', '60'),
  (3, 'websites', 2, 'cataloginventory/item_options/max_sale_qty', '20'),
  (4, 'default', 0, 'web/secure/base_url', 'https://shop.example/');

CREATE TABLE inventory_low_stock_notification_configuration (source_code varchar(255) NOT NULL,
  sku varchar(64) NOT NULL, notify_stock_qty decimal(12,4));
INSERT INTO inventory_low_stock_notification_configuration VALUES ('ber', 'TENT', 3), ('nyc', 'MUG', NULL);

CREATE TABLE sales_order (entity_id int unsigned NOT NULL PRIMARY KEY, state varchar(32), store_id smallint unsigned,
  increment_id varchar(50), created_at timestamp NOT NULL);
INSERT INTO sales_order VALUES
  (1001, 'processing', 1, '000001001', '2026-01-02 08:00:00'), (1002, 'new', 2, '000001002', '2026-01-02 09:00:00'),
  (1003, 'processing', 3, '3000001003', '2026-01-02 10:00:00'),
  (1004, 'pending_payment', 1, '000001004', UTC_TIMESTAMP() - INTERVAL 10 MINUTE),
  (1005, 'complete', 1, '000001005', '2026-01-01 08:00:00'), (1006, 'processing', 1, '000001006', '2026-01-02 11:00:00'),
  (1007, 'processing', 1, '000001007', '2026-01-02 12:00:00'), (1008, 'new', 3, '3000001008', '2026-01-02 13:00:00'),
  (1009, 'new', 1, '000001009', '2026-01-02 14:00:00'), (1010, 'canceled', 1, '000001010', '2026-01-01 09:00:00'),
  (1011, 'processing', 1, '000001011', '2026-01-03 08:00:00');
CREATE TABLE inventory_pickup_location_order (order_id int unsigned NOT NULL PRIMARY KEY,
  pickup_location_code varchar(255) NOT NULL);
INSERT INTO inventory_pickup_location_order VALUES (1006, 'par'),
  (1011, 'ber');  -- Where others, who came before, would have had units too.

CREATE TABLE sales_order_item (item_id int unsigned NOT NULL PRIMARY KEY, order_id int unsigned NOT NULL,
  parent_item_id int unsigned, product_type varchar(255), sku varchar(255), is_virtual smallint unsigned,
  qty_ordered decimal(12,4), qty_canceled decimal(12,4), qty_invoiced decimal(12,4), qty_refunded decimal(12,4),
  qty_shipped decimal(12,4), product_options text);
INSERT INTO sales_order_item VALUES
  (1, 1001, NULL, 'configurable', 'BACKPACK-M', 0, 3, 0, 3, 0, 1, '{"info_buyRequest":{}}'),
  (2, 1001, 1, 'simple', 'BACKPACK-M', 0, 3, 0, 3, 0, 0, NULL),
  (3, 1001, NULL, 'simple', 'BOTTLE', 0, 2, 0, 2, 0, 0, NULL),
  (4, 1002, NULL, 'simple', 'HONEY', 0, 2.25, 0, 0, 0, 0.75, NULL),
  (5, 1002, NULL, 'simple', 'CANDLE', 0, 2, 0, 0, 0, 0, NULL),
  (6, 1002, NULL, 'downloadable', 'EBOOK', 1, 1, 0, 0, 0, 0, NULL),
  (7, 1003, NULL, 'simple', 'MAPS', 0, 5, 1, 0, 0, 0, NULL), (8, 1003, NULL, 'simple', 'MUG', 0, 5, 0, 5, 0, 0, NULL),
  (9, 1004, NULL, 'simple', 'backpack-m', 0, 1, 0, 0, 0, 0, NULL),
  (10, 1005, NULL, 'simple', 'BOTTLE', 0, 1, 0, 1, 0, 1, NULL),
  (11, 1006, NULL, 'simple', 'BOTTLE', 0, 1, 0, 1, 0, 0, NULL),
  (12, 1007, NULL, 'bundle', 'SET', 0, 2, 0, 2, 0, 1, '{"shipment_type":"0"}'),
  (13, 1007, 12, 'simple', 'BACKPACK-M', 0, 2, 0, 2, 0, 0, NULL),
  (14, 1007, 12, 'simple', 'BOTTLE', 0, 4, 0, 4, 0, 0, NULL),
  (15, 1008, NULL, 'simple', 'SHARED', 0, 6, 0, 0, 0, 0, NULL),
  (16, 1009, NULL, 'bundle', 'SET', 0, 1, 0, 1, 0, 0, '{"shipment_type":"1"}'),
  (17, 1009, 16, 'simple', 'SHARED', 0, 4, 0, 4, 0, 1, NULL),
  (18, 1010, NULL, 'simple', 'BOTTLE', 0, 2, 2, 0, 0, 0, NULL),
  (19, 1011, NULL, 'simple', 'BACKPACK-M', 0, 7, 0, 7, 0, 0, NULL);

CREATE TABLE inventory_reservation (reservation_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  stock_id int unsigned NOT NULL, sku varchar(64) NOT NULL, quantity decimal(10,4) NOT NULL DEFAULT 0,
  metadata varchar(255));
DELIMITER //
CREATE PROCEDURE reserve(stock int, product varchar(64), units decimal(10,4), event varchar(32), number varchar(50))
INSERT INTO inventory_reservation (stock_id, sku, quantity, metadata) VALUES (stock, product, units, CONCAT(
  '{"event_type":"', event, '","object_type":"order","object_id":"","object_increment_id":"', number, '"}'))//
DELIMITER ;
CALL reserve(2, 'BACKPACK-M', -3, 'order_placed', '000001001');
CALL reserve(2, 'BOTTLE', -2, 'order_placed', '000001001');
CALL reserve(2, 'BACKPACK-M', 1, 'shipment_created', '000001001');
CALL reserve(2, 'HONEY', -2.25, 'order_placed', '000001002');
CALL reserve(2, 'HONEY', 0.75, 'shipment_created', '000001002');
CALL reserve(2, 'CANDLE', -2, 'order_placed', '000001002');
CALL reserve(3, 'MAPS', -5, 'order_placed', '3000001003');
CALL reserve(3, 'MAPS', 1, 'order_canceled', '3000001003');
-- Older releases did not write the order's number.
INSERT INTO inventory_reservation (stock_id, sku, quantity, metadata) VALUES
  (3, 'MUG', -5, '{"event_type":"order_placed","object_type":"order","object_id":"1003"}');
CALL reserve(2, 'backpack-m', -1, 'order_placed', '000001004');
CALL reserve(2, 'BOTTLE', -1, 'order_placed', '000001005');
CALL reserve(2, 'BOTTLE', 1, 'shipment_created', '000001005');
CALL reserve(2, 'BOTTLE', -1, 'order_placed', '000001006');
CALL reserve(2, 'BACKPACK-M', -2, 'order_placed', '000001007');
CALL reserve(2, 'BOTTLE', -4, 'order_placed', '000001007');
CALL reserve(2, 'BACKPACK-M', 1, 'shipment_created', '000001007');
CALL reserve(2, 'BOTTLE', 2, 'shipment_created', '000001007');
CALL reserve(3, 'SHARED', -6, 'order_placed', '3000001008');
CALL reserve(2, 'SHARED', -4, 'order_placed', '000001009');
CALL reserve(2, 'SHARED', 1, 'shipment_created', '000001009');
CALL reserve(2, 'BOTTLE', -2, 'order_placed', '000001010');
CALL reserve(2, 'BOTTLE', 2, 'order_canceled', '000001010');
CALL reserve(2, 'BACKPACK-M', -7, 'order_placed', '000001011');
