-- Exports what Liferay Commerce (DXP or Portal 7.4) knows about stock and open orders, as JSON lines for
-- from_liferay.py, all of one moment. Reads only. No personal data is in it.
--   mysql --batch --raw --skip-column-names --quick --default-character-set=utf8mb4 DATABASE \
--     < export_liferay.sql > liferay.jsonl
-- For MySQL 8 and MariaDB 10.4 and later. With several companies, say which by the first SET.
SET @company = (SELECT MIN(companyId) FROM CIWarehouse);
SET @channel_class = (SELECT classNameId FROM ClassName_
  WHERE value = 'com.liferay.commerce.product.model.CommerceChannel');
SET @warehouse_class = (SELECT classNameId FROM ClassName_
  WHERE value = 'com.liferay.commerce.inventory.model.CommerceInventoryWarehouse');
SET time_zone = '+00:00';
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;

SELECT JSON_OBJECT('table', 'export', 'source', 'liferay',
  'taken_at', DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%fZ'));

SELECT JSON_OBJECT('table', 'CIWarehouse', 'CIWarehouseId', CIWarehouseId,
  'externalReferenceCode', externalReferenceCode, 'name', name, 'description', description, 'active_', active_,
  'street1', street1, 'street2', street2, 'street3', street3, 'city', city, 'zip', zip,
  'commerceRegionCode', commerceRegionCode, 'countryTwoLettersISOCode', countryTwoLettersISOCode,
  'latitude', latitude, 'longitude', longitude, 'type_', type_)
FROM CIWarehouse WHERE companyId = @company ORDER BY CIWarehouseId;

SELECT JSON_OBJECT('table', 'CommerceChannel', 'commerceChannelId', commerceChannelId,
  'externalReferenceCode', externalReferenceCode, 'name', name)
FROM CommerceChannel WHERE companyId = @company AND ctCollectionId = 0 ORDER BY commerceChannelId;

SELECT JSON_OBJECT('table', 'CommerceChannelRel', 'commerceChannelId', commerceChannelId, 'CIWarehouseId', classPK)
FROM CommerceChannelRel
WHERE companyId = @company AND ctCollectionId = 0 AND classNameId = @warehouse_class
ORDER BY commerceChannelId, classPK;

SELECT JSON_OBJECT('table', 'CIWarehouseItem', 'CIWarehouseItemId', CIWarehouseItemId,
  'commerceInventoryWarehouseId', commerceInventoryWarehouseId, 'sku', sku, 'unitOfMeasureKey', unitOfMeasureKey,
  'quantity', quantity, 'reservedQuantity', reservedQuantity)
FROM CIWarehouseItem WHERE companyId = @company ORDER BY CIWarehouseItemId;

SELECT JSON_OBJECT('table', 'CIBookedQuantity', 'CIBookedQuantityId', CIBookedQuantityId, 'sku', sku,
  'unitOfMeasureKey', unitOfMeasureKey, 'quantity', quantity, 'bookedNote', bookedNote,
  'expirationDate', DATE_FORMAT(expirationDate, '%Y-%m-%dT%H:%i:%sZ'))
FROM CIBookedQuantity WHERE companyId = @company ORDER BY CIBookedQuantityId;

SELECT JSON_OBJECT('table', 'CIReplenishmentItem', 'CIReplenishmentItemId', CIReplenishmentItemId,
  'externalReferenceCode', externalReferenceCode, 'commerceInventoryWarehouseId', commerceInventoryWarehouseId,
  'sku', sku, 'unitOfMeasureKey', unitOfMeasureKey, 'quantity', quantity,
  'availabilityDate', DATE_FORMAT(availabilityDate, '%Y-%m-%dT%H:%i:%sZ'))
FROM CIReplenishmentItem WHERE companyId = @company ORDER BY CIReplenishmentItemId;

-- Orders that are placed and not done, as CommerceOrderConstants numbers them: 0 is completed, 2 open (a cart), 8
-- cancelled, 15 shipped, 16 declined, 17 refunded, 21 and 22 quotes. Stock is booked from 6, in progress, on.
SELECT JSON_OBJECT('table', 'CommerceOrder', 'commerceOrderId', orders.commerceOrderId,
  'externalReferenceCode', orders.externalReferenceCode, 'commerceChannelId', channel.classPK,
  'orderStatus', orders.orderStatus, 'createDate', DATE_FORMAT(orders.createDate, '%Y-%m-%dT%H:%i:%sZ'))
FROM CommerceOrder AS orders
LEFT JOIN Group_ AS channel ON channel.groupId = orders.groupId AND channel.classNameId = @channel_class
WHERE orders.companyId = @company AND orders.orderStatus NOT IN (0, 2, 8, 15, 16, 17, 21, 22)
ORDER BY orders.commerceOrderId;

SELECT JSON_OBJECT('table', 'CommerceOrderItem', 'commerceOrderItemId', item.commerceOrderItemId,
  'commerceOrderId', item.commerceOrderId, 'CIBookedQuantityId', item.CIBookedQuantityId, 'sku', item.sku,
  'unitOfMeasureKey', item.unitOfMeasureKey, 'quantity', item.quantity, 'shippedQuantity', item.shippedQuantity)
FROM CommerceOrderItem AS item
JOIN CommerceOrder AS orders ON orders.commerceOrderId = item.commerceOrderId
WHERE orders.companyId = @company AND orders.orderStatus NOT IN (0, 2, 8, 15, 16, 17, 21, 22)
ORDER BY item.commerceOrderItemId;

-- One row for each SKU of the published version of each product. If your database has a table CPConfigurationEntry,
-- newer releases keep the same columns there: join it by classPK = instance.CPDefinitionId, in the list of
-- CPConfigurationList whose master is 1, instead of CPDefinitionInventory.
SELECT JSON_OBJECT('table', 'CPInstance', 'sku', instance.sku,
  'published', instance.published AND definition.published,
  'displayAvailability', stock.displayAvailability, 'displayStockQuantity', stock.displayStockQuantity,
  'minStockQuantity', stock.minStockQuantity, 'lowStockActivity', stock.lowStockActivity,
  'backOrders', stock.backOrders, 'minOrderQuantity', stock.minOrderQuantity,
  'maxOrderQuantity', stock.maxOrderQuantity, 'multipleOrderQuantity', stock.multipleOrderQuantity,
  'allowedOrderQuantities', stock.allowedOrderQuantities,
  'commerceAvailabilityEstimateId', estimate.commerceAvailabilityEstimateId)
FROM CPInstance AS instance
JOIN CPDefinition AS definition
  ON definition.CPDefinitionId = instance.CPDefinitionId AND definition.ctCollectionId = 0
JOIN CProduct AS product
  ON product.publishedCPDefinitionId = definition.CPDefinitionId AND product.ctCollectionId = 0
LEFT JOIN CPDefinitionInventory AS stock
  ON stock.CPDefinitionId = definition.CPDefinitionId AND stock.ctCollectionId = 0
LEFT JOIN CPDAvailabilityEstimate AS estimate ON estimate.CProductId = product.CProductId
WHERE instance.companyId = @company AND instance.ctCollectionId = 0 AND instance.status = 0
ORDER BY instance.CPInstanceId;

SELECT JSON_OBJECT('table', 'CPInstanceUOM', 'sku', sku, 'key_', key_, 'rate', rate,
  'incrementalOrderQuantity', incrementalOrderQuantity, 'precision_', precision_, 'primary_', primary_)
FROM CPInstanceUOM WHERE companyId = @company AND ctCollectionId = 0 ORDER BY CPInstanceUOMId;

SELECT JSON_OBJECT('table', 'CommerceAvailabilityEstimate',
  'commerceAvailabilityEstimateId', commerceAvailabilityEstimateId, 'title', title, 'priority', priority)
FROM CommerceAvailabilityEstimate WHERE companyId = @company ORDER BY commerceAvailabilityEstimateId;

SELECT JSON_OBJECT('table', 'end',
  'CIWarehouse', (SELECT COUNT(*) FROM CIWarehouse WHERE companyId = @company),
  'CommerceChannel', (SELECT COUNT(*) FROM CommerceChannel WHERE companyId = @company AND ctCollectionId = 0),
  'CommerceChannelRel', (SELECT COUNT(*) FROM CommerceChannelRel
    WHERE companyId = @company AND ctCollectionId = 0 AND classNameId = @warehouse_class),
  'CIWarehouseItem', (SELECT COUNT(*) FROM CIWarehouseItem WHERE companyId = @company),
  'CIBookedQuantity', (SELECT COUNT(*) FROM CIBookedQuantity WHERE companyId = @company),
  'CIReplenishmentItem', (SELECT COUNT(*) FROM CIReplenishmentItem WHERE companyId = @company),
  'CommerceOrder', (SELECT COUNT(*) FROM CommerceOrder
    WHERE companyId = @company AND orderStatus NOT IN (0, 2, 8, 15, 16, 17, 21, 22)),
  'CommerceOrderItem', (SELECT COUNT(*) FROM CommerceOrderItem AS item
    JOIN CommerceOrder AS orders ON orders.commerceOrderId = item.commerceOrderId
    WHERE orders.companyId = @company AND orders.orderStatus NOT IN (0, 2, 8, 15, 16, 17, 21, 22)),
  'CPInstance', (SELECT COUNT(*) FROM CPInstance AS instance
    JOIN CPDefinition AS definition
      ON definition.CPDefinitionId = instance.CPDefinitionId AND definition.ctCollectionId = 0
    JOIN CProduct AS product
      ON product.publishedCPDefinitionId = definition.CPDefinitionId AND product.ctCollectionId = 0
    WHERE instance.companyId = @company AND instance.ctCollectionId = 0 AND instance.status = 0),
  'CPInstanceUOM', (SELECT COUNT(*) FROM CPInstanceUOM WHERE companyId = @company AND ctCollectionId = 0),
  'CommerceAvailabilityEstimate',
    (SELECT COUNT(*) FROM CommerceAvailabilityEstimate WHERE companyId = @company));

COMMIT;
