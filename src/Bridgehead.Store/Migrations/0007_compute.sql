-- Flavors: the factor of their traffic, who may use private ones, their extra specs; and what a server's flavor was, which outlives the flavor.
alter table flavors add column rxtx_factor text not null default '1';
create table flavor_access (flavor_id text not null, project_id text not null, primary key (flavor_id, project_id));
create index flavor_access_project on flavor_access (project_id);
create table flavor_specs (flavor_id text not null, key text not null, value text not null, primary key (flavor_id, key));
create table instance_flavors (instance_uuid text not null, former bigint not null default 0, flavor_name text not null, root_gb bigint not null, ephemeral_gb bigint not null, swap_mb bigint not null,
  primary key (instance_uuid, former));
insert into instance_flavors (instance_uuid, flavor_name, root_gb, ephemeral_gb, swap_mb)
  select i.uuid, coalesce(f.name, i.flavor_id), coalesce(f.disk, 0), coalesce(f.ephemeral, 0), coalesce(f.swap, 0) from instances i left join flavors f on f.flavor_id = i.flavor_id;
create index instances_ended on instances (terminated_at);

create table user_quotas (project_id text not null, user_id text not null, resource text not null, hard_limit bigint not null, primary key (project_id, user_id, resource));
create table quota_classes (class_name text not null, resource text not null, hard_limit bigint not null, primary key (class_name, resource));

alter table services add column forced_down bigint not null default 0;
-- What a compute host has: written by its daemon. Memory in MiB, disk in GiB.
create table compute_nodes (host text primary key, host_ip text not null, hypervisor_type text not null, hypervisor_version bigint not null, vcpus bigint not null, memory_mb bigint not null,
  local_gb bigint not null, free_disk_gb bigint not null, cpu_info text not null, up_since bigint not null, load_average text not null);

create table aggregates (id $ID, uuid text not null unique, name text not null unique, availability_zone text, created_at bigint not null, updated_at bigint);
create table aggregate_hosts (aggregate_id bigint not null references aggregates (id), host text not null, primary key (aggregate_id, host));
create index aggregate_hosts_host on aggregate_hosts (host);
create table aggregate_metadata (aggregate_id bigint not null references aggregates (id), key text not null, value text not null, primary key (aggregate_id, key));

-- The zone of a daemon: a compute host's is its aggregate's where that has one.
create view service_zones as select s.id, case when s.binary_name <> 'nova-compute' then 'internal' else coalesce(
  (select min(a.availability_zone) from aggregate_hosts h join aggregates a on a.id = h.aggregate_id where h.host = s.host and a.availability_zone is not null), s.zone) end as zone from services s;

create table agent_builds (id $ID, hypervisor text not null, os text not null, architecture text not null, version text not null, md5hash text not null, url text not null,
  unique (hypervisor, os, architecture));

create index dns_entries_of_address on dns_entries (address);
create index floating_ips_project on floating_ips (project_id, address_key);
