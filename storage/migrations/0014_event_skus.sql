-- Whose rows a commit may have changed, so that what was read of others still holds: see storage/event_repository.h.

ALTER TABLE event_chunk ADD COLUMN skus MEDIUMBLOB NULL;
