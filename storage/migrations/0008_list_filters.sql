-- Lists by what an operator looks for, the low-stock queue of each activity, and rules that were deleted long ago.

-- Whether units are reserved there and not yet shipped: those of a warehouse in order of reservation. Virtual, because a
-- stored column rewrites the table while nobody can write to it.
ALTER TABLE allocation ADD COLUMN outstanding TINYINT AS (IF(reserved > 0, 1, 0)) VIRTUAL;

ALTER TABLE allocation ADD KEY allocation_by_warehouse (warehouse_id, outstanding, reservation_id, sku);

ALTER TABLE shipment_line ADD KEY shipment_line_by_sku (sku, shipment_id);

ALTER TABLE backorder ADD KEY backorder_by_channel (channel_id, sku, place);

-- Who of a channel is next to be served.
ALTER TABLE backorder ADD KEY backorder_of_sku (sku, channel_id, place);

ALTER TABLE low_stock_rule ADD KEY low_stock_rule_by_warehouse (warehouse_id, delete_time, rule_id);

ALTER TABLE low_stock_rule ADD KEY low_stock_rule_by_channel (channel_id, delete_time, rule_id);

ALTER TABLE low_stock_rule ADD KEY low_stock_rule_by_activity (activity, delete_time, rule_id);

ALTER TABLE low_stock_rule ADD KEY low_stock_rule_by_low (low, delete_time, rule_id);

ALTER TABLE low_stock_rule ADD KEY low_stock_rule_of_sku (sku, rule_id);

ALTER TABLE low_stock_rule ADD KEY low_stock_rule_by_deletion (delete_time, rule_id);

-- The rule's, as it was when the event was last scheduled. Events that no server of this version has scheduled have
-- none, and are taken all the same.
ALTER TABLE low_stock_event ADD COLUMN activity VARBINARY(64) NOT NULL DEFAULT '';

ALTER TABLE low_stock_event ADD KEY low_stock_event_of_activity (activity, next_attempt_time);
