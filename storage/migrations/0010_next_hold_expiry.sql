-- A time before which no hold of the item runs out, so that most writes and reads need not look for dead ones. That of
-- items that are there is long past: a sweep looks and sets it.

ALTER TABLE item ADD COLUMN next_hold_expiry DATETIME(6) NULL DEFAULT '1970-01-01 00:00:00';

ALTER TABLE item ADD KEY item_by_next_hold_expiry (next_hold_expiry);
