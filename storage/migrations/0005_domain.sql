-- Kits, units of measure, quotas, availability estimates, sourcing strategies, counts of the past and low-stock rules.

ALTER TABLE item ADD COLUMN fill_after BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN units_of_measure VARBINARY(2048) NOT NULL DEFAULT '';

ALTER TABLE item ADD COLUMN components VARBINARY(8192) NOT NULL DEFAULT '';

ALTER TABLE item ADD COLUMN availability_estimate VARBINARY(64) NOT NULL DEFAULT '';

ALTER TABLE item ADD COLUMN unpublished_by VARBINARY(64) NOT NULL DEFAULT '';

ALTER TABLE item ADD COLUMN kits BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN quotas BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN low_stock_rules BIGINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN followed TINYINT NOT NULL DEFAULT 0;

ALTER TABLE item ADD KEY item_by_followed (followed, sku);

ALTER TABLE item ADD KEY item_by_availability_estimate (availability_estimate, sku);

UPDATE item SET followed = 1 WHERE backordered > 0;

ALTER TABLE stock_level ADD COLUMN count_time DATETIME(6) NULL;

ALTER TABLE channel ADD COLUMN sourcing_strategy TINYINT NOT NULL DEFAULT 1;

ALTER TABLE reservation ADD COLUMN sourcing_strategy TINYINT NOT NULL DEFAULT 1;

ALTER TABLE reservation ADD COLUMN latitude DOUBLE NULL;

ALTER TABLE reservation ADD COLUMN longitude DOUBLE NULL;

-- 200 lines of a number and a SKU.
ALTER TABLE reservation ADD COLUMN kits VARBINARY(30000) NOT NULL DEFAULT '';

CREATE TABLE IF NOT EXISTS quota (
  sku         VARBINARY(128) NOT NULL,
  channel_id  VARBINARY(64)  NOT NULL,
  quantity    BIGINT         NOT NULL,
  outstanding BIGINT         NOT NULL,
  version     BIGINT         NOT NULL,
  create_time DATETIME(6)    NOT NULL,
  update_time DATETIME(6)    NOT NULL,
  PRIMARY KEY (sku, channel_id),
  KEY quota_by_channel (channel_id, sku)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS availability_estimate (
  availability_estimate_id VARBINARY(64)    NOT NULL,
  uid                      VARBINARY(64)    NOT NULL,
  title                    VARCHAR(255)     NOT NULL,
  localized_titles         VARBINARY(20480) NOT NULL,
  priority                 INT              NOT NULL,
  version                  BIGINT           NOT NULL,
  create_time              DATETIME(6)      NOT NULL,
  update_time              DATETIME(6)      NOT NULL,
  PRIMARY KEY (availability_estimate_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE IF NOT EXISTS low_stock_rule (
  rule_id        VARBINARY(64)   NOT NULL,
  sku            VARBINARY(128)  NOT NULL,
  warehouse_id   VARBINARY(64)   NOT NULL,
  channel_id     VARBINARY(64)   NOT NULL,
  threshold      BIGINT          NOT NULL,
  rearm_margin   BIGINT          NOT NULL,
  activity       VARBINARY(64)   NOT NULL,
  parameters     MEDIUMBLOB      NOT NULL,
  low            TINYINT         NOT NULL,
  last_event     BIGINT          NOT NULL,
  pending_events BIGINT          NOT NULL,
  version        BIGINT          NOT NULL,
  create_time    DATETIME(6)     NOT NULL,
  update_time    DATETIME(6)     NOT NULL,
  delete_time    DATETIME(6)     NULL,
  PRIMARY KEY (rule_id),
  KEY low_stock_rule_by_sku (sku, delete_time, rule_id)
) DEFAULT CHARSET = utf8mb4;

-- next_attempt_time is set only for the first pending event of a rule, so that its index holds nothing else.
CREATE TABLE IF NOT EXISTS low_stock_event (
  rule_id           VARBINARY(64) NOT NULL,
  number            BIGINT        NOT NULL,
  type              TINYINT       NOT NULL,
  available         BIGINT        NOT NULL,
  threshold         BIGINT        NOT NULL,
  state             TINYINT       NOT NULL,
  attempts          INT           NOT NULL,
  next_attempt_time DATETIME(6)   NULL,
  last_error        VARCHAR(1000) NOT NULL,
  create_time       DATETIME(6)   NOT NULL,
  update_time       DATETIME(6)   NOT NULL,
  PRIMARY KEY (rule_id, number),
  KEY low_stock_event_due (next_attempt_time),
  KEY low_stock_event_of_rule (rule_id, state, number),
  KEY low_stock_event_by_state (state, rule_id, number),
  KEY low_stock_event_by_age (state, update_time)
) DEFAULT CHARSET = utf8mb4;
