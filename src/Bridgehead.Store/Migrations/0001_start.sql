-- One text for both databases. $ID is an auto-numbered 64-bit key, $TX the transaction number of a change. Times are microseconds since 1970, booleans 0 and 1,
-- addresses text with a 32-digit hexadecimal key beside it where they are sorted.
create table feed (epoch text not null, floor bigint not null);
create table change (id $ID, $TX, kind text not null, key text not null, host text, at bigint not null);
create index change_tx on change (tx, id);

create table projects (id text primary key, name text not null unique, description text not null default '', enabled bigint not null default 1);
create table users (id text primary key, name text not null unique, enabled bigint not null default 1, default_project_id text, password_hash text not null);
create table assignments (user_id text not null, project_id text not null, role text not null, primary key (user_id, project_id, role));
create table tokens (hash text primary key, user_id text not null, project_id text, methods text not null, audit_id text not null, issued_at bigint not null, expires_at bigint not null);
create index tokens_expiry on tokens (expires_at);
create index tokens_user on tokens (user_id);

create table services (id $ID, host text not null, binary_name text not null, zone text not null, disabled bigint not null default 0, disabled_reason text, updated_at bigint not null,
  unique (host, binary_name));
create table flavors (flavor_id text primary key, name text not null unique, ram bigint not null, disk bigint not null, vcpus bigint not null, swap bigint not null default 0,
  ephemeral bigint not null default 0, is_public bigint not null default 1);
create table images (id text primary key, name text not null, status text not null, visibility text not null, owner text, container_format text, disk_format text,
  min_disk bigint not null default 0, min_ram bigint not null default 0, size bigint, created_at bigint not null, updated_at bigint not null);
create table key_pairs (id $ID, user_id text not null, name text not null, type text not null, public_key text not null, fingerprint text not null, created_at bigint not null,
  unique (user_id, name));
create table quotas (project_id text not null, resource text not null, hard_limit bigint not null, primary key (project_id, resource));

create table networks (id $ID, uuid text not null unique, label text not null, cidr text, cidr_v6 text, gateway text, gateway_v6 text, dhcp_server text, dhcp_start text,
  enable_dhcp bigint not null, share_address bigint not null, multi_host bigint not null, injected bigint not null, bridge text not null, bridge_interface text, dns1 text, dns2 text,
  vlan bigint, mtu bigint, priority bigint not null default 0, project_id text, host text, bottom bigint not null, top bigint not null, next_index bigint not null,
  created_at bigint not null, updated_at bigint);
create table instances (id $ID, uuid text not null unique, project_id text not null, user_id text not null, display_name text not null, host_name text not null, description text,
  flavor_id text not null, image_id text not null, key_name text, key_data text, user_data text, availability_zone text not null, reservation_id text not null,
  launch_index bigint not null, config_drive bigint not null, access_ipv4 text not null default '', access_ipv6 text not null default '', locked bigint not null default 0, host text,
  running bigint not null, boot_generation bigint not null, booted_generation bigint not null default 0, delete_requested bigint not null default 0, vm_state text not null, task_state text,
  power_state bigint not null, progress bigint not null default 0, fault_message text, fault_code bigint, fault_at bigint, created_at bigint not null, updated_at bigint not null,
  launched_at bigint, terminated_at bigint, ram bigint not null, vcpus bigint not null);
create index instances_project on instances (project_id, created_at);
create index instances_host on instances (host);
create table instance_metadata (instance_uuid text not null, key text not null, value text not null, primary key (instance_uuid, key));
create table virtual_interfaces (id $ID, uuid text not null unique, mac text not null unique, network_id bigint not null references networks (id), instance_uuid text not null);
create index virtual_interfaces_instance on virtual_interfaces (instance_uuid);
create table fixed_ips (id $ID, address text not null, address_key text not null, network_id bigint not null references networks (id), virtual_interface_id bigint, instance_uuid text,
  allocated bigint not null default 0, leased bigint not null default 0, reserved bigint not null default 0, host text, updated_at bigint not null, unique (network_id, address_key));
create index fixed_ips_address on fixed_ips (address);
create index fixed_ips_instance on fixed_ips (instance_uuid);
create index fixed_ips_free on fixed_ips (network_id, allocated, reserved, updated_at);
create table floating_ips (id $ID, address text not null unique, address_key text not null, pool text not null, interface text, project_id text, auto_assigned bigint not null default 0,
  fixed_address text, instance_uuid text, host text);
create index floating_ips_instance on floating_ips (instance_uuid);
create index floating_ips_free on floating_ips (pool, project_id, address_key);
create index floating_ips_host on floating_ips (host);

create table security_groups (id $ID, project_id text not null, name text not null, description text not null, unique (project_id, name));
create table security_group_rules (id $ID, parent_group_id bigint not null references security_groups (id), protocol text, from_port bigint, to_port bigint, cidr text,
  source_group_id bigint references security_groups (id));
create index security_group_rules_parent on security_group_rules (parent_group_id);
create index security_group_rules_source on security_group_rules (source_group_id);
create table security_group_members (instance_uuid text not null, group_id bigint not null references security_groups (id), primary key (instance_uuid, group_id));
create index security_group_members_group on security_group_members (group_id);
create table default_rules (id $ID, protocol text not null, from_port bigint not null, to_port bigint not null, cidr text not null);
create table consoles (instance_uuid text primary key, asked_at bigint not null, answered_at bigint, output text);
