-- Finds the kits among all items: what says how many kits a SKU is a component of.

ALTER TABLE item ADD KEY item_by_components (components(1));
