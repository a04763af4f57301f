-- Servers held still, rebuilt, resized, tagged, grouped; their list and their history.
alter table instances add column frozen text;
alter table instances add column disk_generation bigint not null default 1;
alter table instances add column made_disk_generation bigint not null default 1;
alter table instances add column old_flavor_id text;
alter table instances add column old_ram bigint;
alter table instances add column old_vcpus bigint;
alter table instances add column locked_by_admin bigint not null default 0;
alter table instances add column disk_config text not null default 'MANUAL';
-- A page of live servers is read from its place in the index, however many were deleted.
create index instances_live on instances (created_at, id) where vm_state <> 'deleted';
create index instances_project_live on instances (project_id, created_at, id) where vm_state <> 'deleted';
create index instances_host_live on instances (host, created_at, id) where vm_state <> 'deleted';
create index instances_project_changed on instances (project_id, updated_at);
create index instances_changed on instances (updated_at);
create index instances_reservation on instances (reservation_id);
create table instance_tags (instance_uuid text not null, tag text not null, primary key (instance_uuid, tag));
create index instance_tags_tag on instance_tags (tag, instance_uuid);
alter table server_events add column finished_at bigint;
alter table server_events add column result text;
alter table server_events add column details text;
create index server_events_unfinished on server_events (instance_uuid) where finished_at is null;
-- What was recorded before this was never marked as finished.
update server_events set finished_at = at, result = 'Success';
create table server_groups (id $ID, uuid text not null unique, project_id text not null, user_id text not null, name text not null, policy text not null, created_at bigint not null);
create index server_groups_project on server_groups (project_id, id);
create table server_group_members (group_uuid text not null references server_groups (uuid) on delete cascade, instance_uuid text not null, primary key (group_uuid, instance_uuid));
create index server_group_members_instance on server_group_members (instance_uuid);
create table diagnostics (instance_uuid text primary key, asked_at bigint not null, answered_at bigint, output text);
