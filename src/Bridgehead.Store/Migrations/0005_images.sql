-- The image service. location is the file of an image's content; while the image is saving, its writer holds that file's lock.
alter table images add column protected bigint not null default 0;
alter table images add column os_hidden bigint not null default 0;
alter table images add column virtual_size bigint;
alter table images add column checksum text;
alter table images add column os_hash_value text;
alter table images add column location text;
create index images_created on images (created_at, id);
create index images_owner on images (owner, created_at);
create index images_name on images (name);
create table image_properties (image_id text not null references images (id), name text not null, value text not null, primary key (image_id, name));
create index image_properties_name on image_properties (name, image_id);
create table image_tags (image_id text not null references images (id), tag text not null, primary key (image_id, tag));
create index image_tags_tag on image_tags (tag);
create table image_members (image_id text not null references images (id), member_id text not null, status text not null, created_at bigint not null, updated_at bigint not null,
  primary key (image_id, member_id));
create index image_members_member on image_members (member_id, status);
-- Copies of servers' disks that their hosts are to make.
create table snapshots (image_id text primary key, instance_uuid text not null, host text not null, asked_at bigint not null);
create index snapshots_host on snapshots (host);
create index snapshots_instance on snapshots (instance_uuid);
