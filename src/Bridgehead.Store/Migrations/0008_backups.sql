-- How many backups of its kind may be there when this copy is made; null for one that is no backup.
alter table snapshots add column rotation bigint;
