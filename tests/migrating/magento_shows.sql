-- What Magento shows of the shop in magento_shop.sql, by its own rules (InventoryIndexer/Indexer/SelectBuilder.php and
-- InventorySales/Model/GetProductSalableQty.php), in the smallest unit of each SKU:
--   available, channel, SKU, units    the salable quantity of the website's stock
--   level, source, SKU, quantity, -
--   order, number, SKU, units         what is ordered and not yet sent, cancelled or given back, as its page shows it
SELECT 'available', channel.code, MIN(item.sku), CAST((
    SUM(IF(item.status = 0, 0, item.quantity))
    + COALESCE((SELECT SUM(reservation.quantity) FROM inventory_reservation AS reservation
      WHERE reservation.stock_id = channel.stock_id AND reservation.sku = item.sku), 0)
    - MAX(settings.min_qty)
  ) * IF(MAX(settings.is_qty_decimal), 10000, 1) AS SIGNED)
FROM inventory_stock_sales_channel AS channel
JOIN inventory_source_stock_link AS link ON link.stock_id = channel.stock_id
JOIN inventory_source AS source ON source.source_code = link.source_code AND source.enabled = 1
JOIN inventory_source_item AS item ON item.source_code = source.source_code
JOIN catalog_product_entity AS product ON product.sku = item.sku
JOIN cataloginventory_stock_item AS settings ON settings.product_id = product.entity_id
WHERE item.sku <> 'EBOOK'
GROUP BY channel.code, channel.stock_id, item.sku;

SELECT 'level', item.source_code, item.sku, CAST(item.quantity * IF(settings.is_qty_decimal, 10000, 1) AS SIGNED), '-'
FROM inventory_source_item AS item
JOIN catalog_product_entity AS product ON product.sku = item.sku
JOIN cataloginventory_stock_item AS settings ON settings.product_id = product.entity_id
WHERE item.sku <> 'EBOOK';

-- Of what is part of a product that ships together, that product says how much has left.
SELECT 'order', sales.increment_id, UPPER(item.sku), CAST(SUM(
    IF(parent.item_id IS NULL OR parent.product_options LIKE '%"shipment_type":"1"%',
      item.qty_ordered - item.qty_canceled - item.qty_refunded - item.qty_shipped,
      item.qty_ordered / parent.qty_ordered
        * (parent.qty_ordered - parent.qty_canceled - parent.qty_refunded - parent.qty_shipped))
  ) * IF(MIN(item.sku) = 'HONEY', 10000, 1) AS SIGNED) AS units
FROM sales_order AS sales
JOIN sales_order_item AS item ON item.order_id = sales.entity_id
LEFT JOIN sales_order_item AS parent ON parent.item_id = item.parent_item_id
WHERE sales.state NOT IN ('complete', 'closed', 'canceled') AND item.product_type = 'simple'
GROUP BY sales.increment_id, UPPER(item.sku)
HAVING units > 0;
