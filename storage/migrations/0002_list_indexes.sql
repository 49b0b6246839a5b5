-- Pages of reservations by channel and of shipments by warehouse, in order of id. A reservation's state has no index:
-- every change of it would rewrite the entry.

ALTER TABLE reservation ADD KEY reservation_by_channel (channel_id, reservation_id);

ALTER TABLE shipment ADD KEY shipment_in_warehouse (warehouse_id, shipment_id);
