-- Identity v3: domains, groups, roles on projects, domains and the system, the catalogue, application credentials. What was there belongs to the domain "default".
-- Names of domains are unique without regard to case: name_key is the name in lower case. Tags stand between commas, with one before the first and one behind the last.
create table domains (id text primary key, name text not null, name_key text not null unique, description text not null default '', enabled bigint not null default 1,
  tags text not null default '');
create index domains_name on domains (name, id);
insert into domains (id, name, name_key, description) values ('default', 'Default', 'default', 'The default domain');

create table new_projects (id text primary key, domain_id text not null references domains (id), parent_id text references new_projects (id), name text not null,
  description text not null default '', enabled bigint not null default 1, tags text not null default '', extra text not null default '{}', unique (domain_id, name));
insert into new_projects (id, domain_id, name, description, enabled) select id, 'default', name, description, enabled from projects;
drop table projects;
alter table new_projects rename to projects;
create index projects_name on projects (name, id);
create index projects_parent on projects (parent_id);

create table new_users (id text primary key, domain_id text not null references domains (id), name text not null, enabled bigint not null default 1, default_project_id text,
  password_hash text, extra text not null default '{}', unique (domain_id, name));
insert into new_users (id, domain_id, name, enabled, default_project_id, password_hash) select id, 'default', name, enabled, default_project_id, password_hash from users;
drop table users;
alter table new_users rename to users;
create index users_name on users (name, id);
create index users_default_project on users (default_project_id);

create table user_groups (id text primary key, domain_id text not null references domains (id), name text not null, description text not null default '', unique (domain_id, name));
create index user_groups_name on user_groups (name, id);
create table group_members (group_id text not null references user_groups (id), user_id text not null references users (id), primary key (user_id, group_id));
create index group_members_group on group_members (group_id);

create table roles (id text primary key, name text not null unique, description text not null default '');
insert into roles (id, name) values ('5a4b1c3d9e2f4f6a8b7c0d1e2f3a4b5c', 'admin'), ('6b5c2d4e0f3a4a7b9c8d1e2f3a4b5c6d', 'member'), ('7c6d3e5f1a4b4b8c0d9e2f3a4b5c6d7e', 'reader');

-- An actor is a user or a group; a scope is a project, a domain, or the system with the id "all".
create table role_assignments (actor text not null, actor_id text not null, scope text not null, scope_id text not null, role_id text not null references roles (id),
  primary key (actor_id, scope, scope_id, role_id));
create index role_assignments_scope on role_assignments (scope_id, role_id);
create index role_assignments_role on role_assignments (role_id);
insert into role_assignments (actor, actor_id, scope, scope_id, role_id) select 'user', a.user_id, 'project', a.project_id, r.id from assignments a join roles r on r.name = a.role;
drop table assignments;

create table application_credentials (id text primary key, user_id text not null references users (id), project_id text not null references projects (id), name text not null,
  description text not null default '', secret_hash text not null, unrestricted bigint not null, expires_at bigint, unique (user_id, name));
create index application_credentials_project on application_credentials (project_id);
create table application_credential_roles (credential_id text not null references application_credentials (id), role_id text not null, primary key (credential_id, role_id));
create index application_credential_roles_role on application_credential_roles (role_id);

-- Scopes as above, or "unscoped".
create table new_tokens (hash text primary key, user_id text not null, scope text not null, scope_id text, credential_id text, methods text not null, audit_ids text not null,
  issued_at bigint not null, expires_at bigint not null);
insert into new_tokens (hash, user_id, scope, scope_id, methods, audit_ids, issued_at, expires_at)
  select hash, user_id, case when project_id is null then 'unscoped' else 'project' end, project_id, methods, audit_id, issued_at, expires_at from tokens;
drop table tokens;
alter table new_tokens rename to tokens;
create index tokens_expiry on tokens (expires_at);
create index tokens_user on tokens (user_id);
create index tokens_scope on tokens (scope_id);
create index tokens_credential on tokens (credential_id);

-- A URL that begins with a slash is this API's own, at whatever host and port the client used.
create table identity_regions (id text primary key, description text not null default '', parent_region_id text references identity_regions (id));
create index identity_regions_parent on identity_regions (parent_region_id);
insert into identity_regions (id) values ('RegionOne');
create table identity_services (id text primary key, type text not null, name text not null default '', description text not null default '', enabled bigint not null default 1);
insert into identity_services (id, type, name) values ('1d0a4c6e2b8f4c0a9e6d3f5b7a1c2e40', 'identity', 'keystone'), ('2e1b5d7f3c904d1b8f7e406c8b2d3f51', 'image', 'glance'),
  ('3f2c6e804da14e2c908f517d9c3e4062', 'compute', 'nova');
create table identity_endpoints (id text primary key, service_id text not null references identity_services (id), interface text not null,
  region_id text references identity_regions (id), url text not null, enabled bigint not null default 1);
create index identity_endpoints_service on identity_endpoints (service_id);
create index identity_endpoints_region on identity_endpoints (region_id);
insert into identity_endpoints (id, service_id, interface, region_id, url) values
  ('a0c1d2e3f4a54b6c8d7e9f0a1b2c3d01', '1d0a4c6e2b8f4c0a9e6d3f5b7a1c2e40', 'public', 'RegionOne', '/identity/v3'),
  ('a0c1d2e3f4a54b6c8d7e9f0a1b2c3d02', '1d0a4c6e2b8f4c0a9e6d3f5b7a1c2e40', 'internal', 'RegionOne', '/identity/v3'),
  ('a0c1d2e3f4a54b6c8d7e9f0a1b2c3d03', '1d0a4c6e2b8f4c0a9e6d3f5b7a1c2e40', 'admin', 'RegionOne', '/identity/v3'),
  ('b1d2e3f4a5b64c7d9e8f0a1b2c3d4e01', '2e1b5d7f3c904d1b8f7e406c8b2d3f51', 'public', 'RegionOne', '/image'),
  ('b1d2e3f4a5b64c7d9e8f0a1b2c3d4e02', '2e1b5d7f3c904d1b8f7e406c8b2d3f51', 'internal', 'RegionOne', '/image'),
  ('b1d2e3f4a5b64c7d9e8f0a1b2c3d4e03', '2e1b5d7f3c904d1b8f7e406c8b2d3f51', 'admin', 'RegionOne', '/image'),
  ('c2e3f4a5b6c74d8e0f9a1b2c3d4e5f01', '3f2c6e804da14e2c908f517d9c3e4062', 'public', 'RegionOne', '/compute/v2.1'),
  ('c2e3f4a5b6c74d8e0f9a1b2c3d4e5f02', '3f2c6e804da14e2c908f517d9c3e4062', 'internal', 'RegionOne', '/compute/v2.1'),
  ('c2e3f4a5b6c74d8e0f9a1b2c3d4e5f03', '3f2c6e804da14e2c908f517d9c3e4062', 'admin', 'RegionOne', '/compute/v2.1');
