-- What Liferay shows of the shop in liferay_shop.sql, by its own queries (default.xml of commerce-inventory-service and
-- CommerceInventoryBookedQuantityLocalServiceImpl.getCommerceBookedQuantity), in the smallest unit of each SKU:
--   available, channel, SKU, units    what the channel can sell
--   level, warehouse, SKU, on hand, safety stock
--   order, number, SKU, units         what its items have still to get
-- It makes a table of its own, so run it once.
CREATE TABLE scale (sku varchar(75), unit varchar(75), factor decimal(30,8));
INSERT INTO scale
SELECT instance.sku, uom.key_, IF(uom.primary_, 1, uom.rate) * POW(10, base.precision_)
FROM CPInstanceUOM AS uom JOIN CPInstance AS instance ON instance.sku = uom.sku
JOIN CPInstanceUOM AS base ON base.sku = uom.sku AND base.primary_;
INSERT INTO scale VALUES ('Käse, "alt"', '', 100);  -- It has two decimals and no unit of measure.

SELECT 'available', channel.externalReferenceCode, stock.sku,
  CAST(stock.units - COALESCE(booked.units, 0) AS SIGNED)
FROM CommerceChannel AS channel
JOIN (
  SELECT rel.commerceChannelId, item.sku,
    SUM((item.quantity - item.reservedQuantity) * COALESCE(scale.factor, 1)) AS units
  FROM CIWarehouseItem AS item
  JOIN CommerceChannelRel AS rel
    ON rel.classNameId = 20200 AND item.commerceInventoryWarehouseId = rel.classPK
  JOIN CIWarehouse AS warehouse ON warehouse.CIWarehouseId = item.commerceInventoryWarehouseId
  LEFT JOIN scale ON scale.sku = item.sku AND scale.unit = item.unitOfMeasureKey
  WHERE item.companyId = 1000 AND warehouse.active_ = 1
  GROUP BY rel.commerceChannelId, item.sku
) AS stock ON stock.commerceChannelId = channel.commerceChannelId
LEFT JOIN (
  SELECT channel_group.classPK AS commerceChannelId, booking.sku, SUM(booking.quantity * COALESCE(scale.factor, 1)) AS units
  FROM CIBookedQuantity AS booking
  JOIN CommerceOrderItem AS item ON item.CIBookedQuantityId = booking.CIBookedQuantityId
  JOIN CommerceOrder AS orders ON orders.commerceOrderId = item.commerceOrderId
  JOIN Group_ AS channel_group ON channel_group.groupId = orders.groupId AND channel_group.classNameId = 20100
  LEFT JOIN scale ON scale.sku = booking.sku AND scale.unit = booking.unitOfMeasureKey
  GROUP BY channel_group.classPK, booking.sku
) AS booked ON booked.commerceChannelId = channel.commerceChannelId AND booked.sku = stock.sku;

SELECT 'level', warehouse.CIWarehouseId, MIN(item.sku),
  CAST(SUM(item.quantity * COALESCE(scale.factor, 1)) AS SIGNED),
  CAST(SUM(item.reservedQuantity * COALESCE(scale.factor, 1)) AS SIGNED)
FROM CIWarehouseItem AS item
JOIN CIWarehouse AS warehouse ON warehouse.CIWarehouseId = item.commerceInventoryWarehouseId
LEFT JOIN scale ON scale.sku = item.sku AND scale.unit = item.unitOfMeasureKey
WHERE item.companyId = 1000
GROUP BY warehouse.CIWarehouseId, item.sku;

SELECT 'order', orders.commerceOrderId, UPPER(item.sku),
  CAST(SUM((item.quantity - item.shippedQuantity) * COALESCE(scale.factor, 1)) AS SIGNED)
FROM CommerceOrder AS orders
JOIN CommerceOrderItem AS item ON item.commerceOrderId = orders.commerceOrderId
LEFT JOIN scale ON scale.sku = item.sku AND scale.unit = item.unitOfMeasureKey
WHERE orders.orderStatus NOT IN (0, 2, 8) AND item.quantity > item.shippedQuantity
GROUP BY orders.commerceOrderId, UPPER(item.sku);
