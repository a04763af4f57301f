-- How many backups of its kind may be there when this copy is made; null for one that is no backup.
alter table snapshots add column rotation bigint;

-- Resizes; how one ended is null until it does.
create table migrations (id $ID, instance_uuid text not null, host text not null, old_flavor text not null, new_flavor text not null, ended text, created_at bigint not null, updated_at bigint);
create index migrations_instance on migrations (instance_uuid);
create view migration_states as select m.*, case
    when m.ended = 'reverted' and i.task_state = 'resize_reverting' and m.id = (select max(l.id) from migrations l where l.instance_uuid = m.instance_uuid) then 'reverting'
    when m.ended is not null then m.ended
    when i.vm_state = 'resized' then 'finished'
    when i.vm_state = 'deleted' then 'confirmed'
    when i.vm_state = 'error' then 'error'
    else 'migrating' end as status
  from migrations m left join instances i on i.uuid = m.instance_uuid;
