-- Exports what Magento Open Source or Adobe Commerce 2.4 with MSI knows about stock and open orders, as JSON lines for
-- from_magento.py, all of one moment. Reads only. No personal data is in it.
--   mysql --batch --raw --skip-column-names --quick --default-character-set=utf8mb4 DATABASE \
--     < export_magento.sql > magento.jsonl
-- For MySQL 8 and MariaDB 10.4 and later. If your tables have a prefix, put it before their names.
SET time_zone = '+00:00';
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;

SELECT JSON_OBJECT('table', 'export', 'source', 'magento',
  'taken_at', DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%fZ'));

SELECT JSON_OBJECT('table', 'inventory_source', 'source_code', source_code, 'name', name, 'enabled', enabled,
  'description', description, 'latitude', latitude, 'longitude', longitude, 'country_id', country_id,
  'region', region, 'city', city, 'street', street, 'postcode', postcode)
FROM inventory_source ORDER BY source_code;

SELECT JSON_OBJECT('table', 'inventory_stock', 'stock_id', stock_id, 'name', name)
FROM inventory_stock ORDER BY stock_id;

SELECT JSON_OBJECT('table', 'inventory_source_stock_link', 'stock_id', stock_id, 'source_code', source_code,
  'priority', priority)
FROM inventory_source_stock_link ORDER BY stock_id, priority, source_code;

SELECT JSON_OBJECT('table', 'inventory_stock_sales_channel', 'type', channel.type, 'code', channel.code,
  'stock_id', channel.stock_id, 'website_name', website.name)
FROM inventory_stock_sales_channel AS channel
LEFT JOIN store_website AS website ON channel.type = 'website' AND website.code = channel.code
ORDER BY channel.type, channel.code;

SELECT JSON_OBJECT('table', 'inventory_source_item', 'source_item_id', source_item_id, 'source_code', source_code,
  'sku', sku, 'quantity', quantity, 'status', status)
FROM inventory_source_item ORDER BY source_item_id;

SELECT JSON_OBJECT('table', 'inventory_reservation', 'reservation_id', reservation_id, 'stock_id', stock_id,
  'sku', sku, 'quantity', quantity, 'metadata', metadata)
FROM inventory_reservation ORDER BY reservation_id;

SELECT JSON_OBJECT('table', 'cataloginventory_stock_item', 'sku', product.sku, 'type_id', product.type_id,
  'manage_stock', item.manage_stock, 'use_config_manage_stock', item.use_config_manage_stock,
  'is_qty_decimal', item.is_qty_decimal,
  'min_qty', item.min_qty, 'use_config_min_qty', item.use_config_min_qty,
  'backorders', item.backorders, 'use_config_backorders', item.use_config_backorders,
  'min_sale_qty', item.min_sale_qty, 'use_config_min_sale_qty', item.use_config_min_sale_qty,
  'max_sale_qty', item.max_sale_qty, 'use_config_max_sale_qty', item.use_config_max_sale_qty,
  'enable_qty_increments', item.enable_qty_increments, 'use_config_enable_qty_inc', item.use_config_enable_qty_inc,
  'qty_increments', item.qty_increments, 'use_config_qty_increments', item.use_config_qty_increments)
FROM cataloginventory_stock_item AS item
JOIN catalog_product_entity AS product ON product.entity_id = item.product_id
WHERE product.sku IN (SELECT sku FROM inventory_source_item)
ORDER BY product.entity_id;

SELECT JSON_OBJECT('table', 'core_config_data', 'scope', scope, 'scope_id', scope_id, 'path', path, 'value', value)
FROM core_config_data
WHERE path LIKE 'cataloginventory/%' OR path = 'sales/orders/delete_pending_after'
ORDER BY config_id;

SELECT JSON_OBJECT('table', 'inventory_low_stock_notification_configuration', 'source_code', source_code, 'sku', sku,
  'notify_stock_qty', notify_stock_qty)
FROM inventory_low_stock_notification_configuration ORDER BY source_code, sku;

SELECT JSON_OBJECT('table', 'sales_order', 'entity_id', sales.entity_id, 'increment_id', sales.increment_id,
  'state', sales.state, 'created_at', DATE_FORMAT(sales.created_at, '%Y-%m-%dT%H:%i:%sZ'),
  'website_code', website.code, 'pickup_location_code', pickup.pickup_location_code)
FROM sales_order AS sales
LEFT JOIN store ON store.store_id = sales.store_id
LEFT JOIN store_website AS website ON website.website_id = store.website_id
LEFT JOIN inventory_pickup_location_order AS pickup ON pickup.order_id = sales.entity_id
WHERE sales.state NOT IN ('complete', 'closed', 'canceled')
ORDER BY sales.entity_id;

SELECT JSON_OBJECT('table', 'sales_order_item', 'item_id', item.item_id, 'order_id', item.order_id,
  'parent_item_id', item.parent_item_id, 'product_type', item.product_type, 'sku', item.sku,
  'is_virtual', item.is_virtual, 'qty_ordered', item.qty_ordered, 'qty_canceled', item.qty_canceled,
  'qty_invoiced', item.qty_invoiced, 'qty_refunded', item.qty_refunded, 'qty_shipped', item.qty_shipped,
  'shipment_type', IF(JSON_VALID(item.product_options),
    JSON_UNQUOTE(JSON_EXTRACT(item.product_options, '$.shipment_type')), NULL))
FROM sales_order_item AS item
JOIN sales_order AS sales ON sales.entity_id = item.order_id
WHERE sales.state NOT IN ('complete', 'closed', 'canceled')
ORDER BY item.item_id;

SELECT JSON_OBJECT('table', 'end',
  'inventory_source', (SELECT COUNT(*) FROM inventory_source),
  'inventory_stock', (SELECT COUNT(*) FROM inventory_stock),
  'inventory_source_stock_link', (SELECT COUNT(*) FROM inventory_source_stock_link),
  'inventory_stock_sales_channel', (SELECT COUNT(*) FROM inventory_stock_sales_channel),
  'inventory_source_item', (SELECT COUNT(*) FROM inventory_source_item),
  'inventory_reservation', (SELECT COUNT(*) FROM inventory_reservation),
  'cataloginventory_stock_item', (SELECT COUNT(*) FROM cataloginventory_stock_item AS item
    JOIN catalog_product_entity AS product ON product.entity_id = item.product_id
    WHERE product.sku IN (SELECT sku FROM inventory_source_item)),
  'core_config_data', (SELECT COUNT(*) FROM core_config_data
    WHERE path LIKE 'cataloginventory/%' OR path = 'sales/orders/delete_pending_after'),
  'inventory_low_stock_notification_configuration',
    (SELECT COUNT(*) FROM inventory_low_stock_notification_configuration),
  'sales_order', (SELECT COUNT(*) FROM sales_order WHERE state NOT IN ('complete', 'closed', 'canceled')),
  'sales_order_item', (SELECT COUNT(*) FROM sales_order_item AS item
    JOIN sales_order AS sales ON sales.entity_id = item.order_id
    WHERE sales.state NOT IN ('complete', 'closed', 'canceled')));

COMMIT;
