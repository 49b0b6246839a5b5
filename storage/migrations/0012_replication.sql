-- A counter that servers which read from a replica of the database raise again and again: how far its copy has come says
-- how old the replica's rows are at most. The time only keeps many servers from raising it more often than is of use. The second row is written by
-- who wants all that it has seen to be durable: see AppendMakeSeenDurable in storage/event_repository.h.

CREATE TABLE IF NOT EXISTS heartbeat (
  id        TINYINT     NOT NULL,
  beats     BIGINT      NOT NULL,
  beat_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
);

INSERT IGNORE INTO heartbeat (id, beats, beat_time) VALUES (1, 0, '1970-01-01 00:00:00'), (2, 0, '1970-01-01 00:00:00');

-- Where the feeds that post events have got to, and which server does it just now.

CREATE TABLE IF NOT EXISTS event_feed (
  feed_id     VARBINARY(64)  NOT NULL,
  position    VARBINARY(2048) NOT NULL,
  owner       VARBINARY(64)  NOT NULL,
  lease_until DATETIME(6)    NOT NULL,
  update_time DATETIME(6)    NOT NULL,
  PRIMARY KEY (feed_id)
) DEFAULT CHARSET = utf8mb4;
