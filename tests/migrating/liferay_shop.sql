-- A small shop on Liferay Commerce: the tables that export_liferay.sql reads, as Liferay 7.4 makes them on MySQL (LONG is
-- bigint, BIGDECIMAL decimal(30,16), STRING longtext, BOOLEAN tinyint, DATE datetime), without columns that nothing here
-- reads. All names and numbers are made up.
SET NAMES utf8mb4;
SET time_zone = '+00:00';

CREATE TABLE ClassName_ (classNameId bigint NOT NULL PRIMARY KEY, value varchar(200));
INSERT INTO ClassName_ VALUES
  (20100, 'com.liferay.commerce.product.model.CommerceChannel'),
  (20200, 'com.liferay.commerce.inventory.model.CommerceInventoryWarehouse'),
  (20300, 'com.liferay.account.model.AccountEntry');

CREATE TABLE Group_ (groupId bigint NOT NULL PRIMARY KEY, companyId bigint, classNameId bigint, classPK bigint);
INSERT INTO Group_ VALUES
  (30101, 1000, 20100, 41010),
  (30102, 1000, 20100, 41020),
  (30103, 1000, 20300, 41010);  -- No channel, though its key is one's.

CREATE TABLE CIWarehouse (CIWarehouseId bigint NOT NULL PRIMARY KEY, companyId bigint,
  externalReferenceCode varchar(500), name longtext, description longtext, active_ tinyint,
  street1 varchar(75), street2 varchar(75), street3 varchar(75), city varchar(75), zip varchar(75),
  commerceRegionCode varchar(75), countryTwoLettersISOCode varchar(75), latitude double, longitude double,
  type_ varchar(75));
INSERT INTO CIWarehouse VALUES
  (37010, 1000, 'BER-1', '<?xml version=''1.0'' encoding=''UTF-8''?><root available-locales="de_DE,en_US" default-locale="en_US"><Name language-id="de_DE">Lager Berlin</Name><Name language-id="en_US">Berlin &amp; around</Name></root>',
   '', 1, 'Lagerstraße 1', 'Tor 3', '', 'Berlin', '10115', 'BE', 'DE', 52.53, 13.38, ''),
  (37020, 1000, 'RTM 1', 'Rotterdam', NULL, 1, 'Havenweg 4', '', '', 'Rotterdam', '3011', 'ZH', 'NL', 51.92, 4.48, 'hub'),
  (37030, 1000, NULL, 'Old barn', 'closed', 0, '', '', '', '', '', '', '', 0, 0, ''),
  (99001, 2000, 'OTHER', 'Of another company', NULL, 1, '', '', '', '', '', '', '', 1, 1, '');

CREATE TABLE CommerceChannel (commerceChannelId bigint NOT NULL PRIMARY KEY, ctCollectionId bigint NOT NULL,
  companyId bigint, externalReferenceCode varchar(75), name varchar(75));
INSERT INTO CommerceChannel VALUES (41010, 0, 1000, 'web-eu', 'Web shop'), (41020, 0, 1000, 'b2b', 'Dealers');

CREATE TABLE CommerceChannelRel (commerceChannelRelId bigint NOT NULL PRIMARY KEY, ctCollectionId bigint NOT NULL,
  companyId bigint, classNameId bigint, classPK bigint, commerceChannelId bigint);
INSERT INTO CommerceChannelRel VALUES
  (1, 0, 1000, 20200, 37010, 41010), (2, 0, 1000, 20200, 37020, 41010), (3, 0, 1000, 20200, 37030, 41010),
  (4, 0, 1000, 20200, 37020, 41020), (5, 0, 1000, 20300, 37010, 41020);  -- The last one is of an account.

CREATE TABLE CIWarehouseItem (CIWarehouseItemId bigint NOT NULL PRIMARY KEY, companyId bigint,
  commerceInventoryWarehouseId bigint, quantity decimal(30,16), reservedQuantity decimal(30,16), sku varchar(75),
  unitOfMeasureKey varchar(75));
INSERT INTO CIWarehouseItem VALUES
  (50001, 1000, 37010, 40, 5, 'TENT-2', ''),
  (50002, 1000, 37020, 60, 0, 'LAMP-1', ''),
  (50003, 1000, 37010, 10, 0, 'JEANS-M', ''),
  (50004, 1000, 37020, 20, 2, 'JEANS-M', ''),
  (50005, 1000, 37010, 2, 0, 'STOVE', ''),
  (50006, 1000, 37010, 10, 5, 'MAP-9', ''),
  (50007, 1000, 37010, 12.5, 0, 'ROPE', 'M'),
  (50008, 1000, 37010, 3, 0, 'ROPE', 'Roll'),
  (50009, 1000, 37030, 7, 0, 'TENT-2', ''),
  (50010, 1000, 37010, 3.75, 0.25, 'Käse, "alt"', ''),
  (50011, 1000, 37010, 4, 0, 'BOOK', ''),
  (59001, 2000, 99001, 100, 0, 'TENT-2', '');

CREATE TABLE CIBookedQuantity (CIBookedQuantityId bigint NOT NULL PRIMARY KEY, companyId bigint, bookedNote varchar(75),
  expirationDate datetime, quantity decimal(30,16), sku varchar(75), unitOfMeasureKey varchar(75));
INSERT INTO CIBookedQuantity VALUES
  (60001, 1000, NULL, NULL, 4, 'TENT-2', ''),
  (60002, 1000, NULL, NULL, 3, 'tent-2', ''),  -- Of five, two are shipped.
  (60003, 1000, NULL, NULL, 10, 'LAMP-1', ''),
  (60004, 1000, NULL, NULL, 25, 'LAMP-1', ''),  -- Of the dealers.
  (60005, 1000, NULL, NULL, 12, 'JEANS-M', ''),
  (60006, 1000, NULL, NULL, 3, 'STOVE', ''),  -- One more than there are.
  (60007, 1000, NULL, NULL, 8, 'MAP-9', ''),  -- Three of the safety stock.
  (60008, 1000, NULL, NULL, 2, 'ROPE', 'Roll'),
  (60009, 1000, NULL, NULL, 7.25, 'ROPE', 'M'),
  (60010, 1000, NULL, UTC_TIMESTAMP() + INTERVAL 2 DAY, 1, 'BOOK', ''),
  (60011, 1000, 'telephone', UTC_TIMESTAMP() - INTERVAL 1 DAY, 2, 'BOOK', '');

CREATE TABLE CIReplenishmentItem (CIReplenishmentItemId bigint NOT NULL PRIMARY KEY, companyId bigint,
  externalReferenceCode varchar(500), commerceInventoryWarehouseId bigint, availabilityDate datetime,
  quantity decimal(30,16), sku varchar(75), unitOfMeasureKey varchar(75));
INSERT INTO CIReplenishmentItem VALUES
  (70001, 1000, 'PO-77', 37010, '2031-02-01 00:00:00', 30, 'STOVE', ''),
  (70002, 1000, NULL, 37020, NULL, 2, 'ROPE', 'Roll');

CREATE TABLE CommerceOrder (commerceOrderId bigint NOT NULL PRIMARY KEY, companyId bigint, groupId bigint,
  externalReferenceCode varchar(75), orderStatus int, createDate datetime);
INSERT INTO CommerceOrder VALUES
  (80001, 1000, 30101, 'W-1', 10, '2026-01-02 09:00:00'),
  (80002, 1000, 30101, '', 14, '2026-01-03 09:00:00'),
  (80003, 1000, 30102, 'D-1', 1, '2026-01-03 10:00:00'),
  (80004, 1000, 30101, 'W-4', 6, '2026-01-04 10:00:00'),
  (80005, 1000, 30101, 'W-5', 1, '2026-01-04 11:00:00'),
  (80006, 1000, 30101, 'W-6', 0, '2025-01-04 11:00:00'),  -- Completed.
  (80007, 1000, 30101, 'W-7', 2, '2026-01-05 11:00:00');  -- A cart.

CREATE TABLE CommerceOrderItem (commerceOrderItemId bigint NOT NULL PRIMARY KEY, companyId bigint,
  commerceOrderId bigint, CIBookedQuantityId bigint, quantity decimal(30,16), shippedQuantity decimal(30,16),
  sku varchar(75), unitOfMeasureKey varchar(75));
INSERT INTO CommerceOrderItem VALUES
  (81001, 1000, 80001, 60001, 4, 0, 'TENT-2', ''),
  (81002, 1000, 80001, 60003, 10, 0, 'LAMP-1', ''),
  (81003, 1000, 80001, 60007, 8, 0, 'MAP-9', ''),
  (81004, 1000, 80002, 60002, 5, 2, 'tent-2', ''),
  (81005, 1000, 80002, 60005, 12, 0, 'JEANS-M', ''),
  (81006, 1000, 80002, 0, 1, 1, 'BOOK', ''),  -- Shipped: its booking is gone.
  (81007, 1000, 80003, 60004, 25, 0, 'LAMP-1', ''),
  (81008, 1000, 80004, 60006, 3, 0, 'STOVE', ''),
  (81009, 1000, 80004, 60008, 2, 0, 'ROPE', 'Roll'),
  (81010, 1000, 80004, 60009, 7.25, 0, 'ROPE', 'M'),
  (81011, 1000, 80005, 60010, 1, 0, 'BOOK', ''),
  (81012, 1000, 80006, 0, 9, 9, 'TENT-2', ''),
  (81013, 1000, 80007, 0, 6, 0, 'TENT-2', '');

CREATE TABLE CProduct (CProductId bigint NOT NULL PRIMARY KEY, ctCollectionId bigint NOT NULL,
  publishedCPDefinitionId bigint);
CREATE TABLE CPDefinition (CPDefinitionId bigint NOT NULL PRIMARY KEY, ctCollectionId bigint NOT NULL,
  CProductId bigint, published tinyint);
CREATE TABLE CPInstance (CPInstanceId bigint NOT NULL PRIMARY KEY, ctCollectionId bigint NOT NULL, companyId bigint,
  CPDefinitionId bigint, sku varchar(75), published tinyint, status int);
CREATE TABLE CPDefinitionInventory (CPDefinitionInventoryId bigint NOT NULL PRIMARY KEY,
  ctCollectionId bigint NOT NULL, CPDefinitionId bigint, lowStockActivity varchar(75), displayAvailability tinyint,
  displayStockQuantity tinyint, minStockQuantity decimal(30,16), backOrders tinyint, minOrderQuantity decimal(30,16),
  maxOrderQuantity decimal(30,16), allowedOrderQuantities varchar(75), multipleOrderQuantity decimal(30,16));
INSERT INTO CProduct VALUES (1, 0, 101), (2, 0, 102), (3, 0, 103), (4, 0, 104), (5, 0, 105), (6, 0, 106), (7, 0, 107);
INSERT INTO CPDefinition VALUES (101, 0, 1, 1), (102, 0, 2, 1), (103, 0, 3, 1), (104, 0, 4, 1), (105, 0, 5, 1),
  (106, 0, 6, 1), (107, 0, 7, 1), (201, 0, 1, 1);  -- 201 is an older version of the tent.
INSERT INTO CPInstance VALUES
  (1, 0, 1000, 101, 'TENT-2', 1, 0), (2, 0, 1000, 102, 'LAMP-1', 1, 0), (3, 0, 1000, 103, 'JEANS-M', 1, 0),
  (4, 0, 1000, 104, 'STOVE', 0, 0), (5, 0, 1000, 105, 'MAP-9', 1, 0), (6, 0, 1000, 106, 'ROPE', 1, 0),
  (7, 0, 1000, 107, 'Käse, "alt"', 1, 0), (8, 0, 1000, 201, 'TENT-2', 0, 0);
INSERT INTO CPDefinitionInventory VALUES
  (1, 0, 101, 'default', 1, 1, 3, 0, 1, 10000, '', 1),
  (2, 0, 102, '', 1, 0, 5, 0, 2, 50, '', 2),
  (4, 0, 104, '', 0, 0, 0, 1, 1, 10000, '1, 2 4', 1),
  (6, 0, 106, '', 0, 0, 0, 0, 1, 500, '', 1),
  (9, 0, 201, 'default', 0, 0, 99, 1, 7, 7, '7', 7);

CREATE TABLE CPInstanceUOM (CPInstanceUOMId bigint NOT NULL PRIMARY KEY, ctCollectionId bigint NOT NULL,
  companyId bigint, sku varchar(75), key_ varchar(75), rate decimal(30,16), incrementalOrderQuantity decimal(30,16),
  precision_ int, primary_ tinyint);
INSERT INTO CPInstanceUOM VALUES (1, 0, 1000, 'ROPE', 'M', 1, 0.25, 2, 1), (2, 0, 1000, 'ROPE', 'Roll', 50, 1, 0, 0);

CREATE TABLE CPDAvailabilityEstimate (CPDAvailabilityEstimateId bigint NOT NULL PRIMARY KEY,
  commerceAvailabilityEstimateId bigint, CProductId bigint);
INSERT INTO CPDAvailabilityEstimate VALUES (1, 42001, 1);
CREATE TABLE CommerceAvailabilityEstimate (commerceAvailabilityEstimateId bigint NOT NULL PRIMARY KEY,
  companyId bigint, title longtext, priority double);
INSERT INTO CommerceAvailabilityEstimate VALUES
  (42001, 1000, '<?xml version=''1.0'' encoding=''UTF-8''?><root available-locales="en_US,de_DE" default-locale="en_US"><Title language-id="en_US">3-5 days</Title><Title language-id="de_DE">3-5 Tage</Title></root>', 2);
