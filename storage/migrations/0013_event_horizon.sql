-- Up to where event chunks may be gone: all with this stamp or a greater one are there. See storage/event_repository.h.

CREATE TABLE IF NOT EXISTS event_horizon (
  id    TINYINT NOT NULL,
  stamp BIGINT  NOT NULL,
  PRIMARY KEY (id)
);

INSERT IGNORE INTO event_horizon (id, stamp) VALUES (1, 0);
