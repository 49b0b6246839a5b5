-- What 0009 does for four other tables: most new levels have nothing but what is on hand, and most changes of a level
-- leave the rest of it alone.

ALTER TABLE stock_level
  ALTER COLUMN on_hand SET DEFAULT 0, ALTER COLUMN reserved SET DEFAULT 0, ALTER COLUMN safety_stock SET DEFAULT 0,
  ALTER COLUMN damaged SET DEFAULT 0, ALTER COLUMN quality_control SET DEFAULT 0, ALTER COLUMN version SET DEFAULT 0;
