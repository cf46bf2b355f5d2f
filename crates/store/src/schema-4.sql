-- Tenants that speak the Admin API: which numbers their lists can hold, and how many skills a list scrubs (NULL: not
-- known, or it has no such thing), as last seen.
ALTER TABLE tenant ADD COLUMN reach TEXT NOT NULL DEFAULT 'world';
ALTER TABLE list ADD COLUMN scrubs INTEGER;
ALTER TABLE list ADD COLUMN scrubs_at INTEGER NOT NULL DEFAULT 0;
