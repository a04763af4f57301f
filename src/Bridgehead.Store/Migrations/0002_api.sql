-- What the API keeps beside the cloud itself.
create table server_passwords (instance_uuid text primary key, password text not null);
create table server_events (id $ID, instance_uuid text not null, action text not null, request_id text not null, user_id text not null, project_id text not null, at bigint not null);
create index server_events_instance on server_events (instance_uuid, id);
create table dns_domains (domain text primary key, scope text not null, project_id text, availability_zone text);
create table dns_entries (domain text not null references dns_domains (domain), name text not null, address text not null, primary key (domain, name));
create index dns_entries_address on dns_entries (domain, address);
