-- Files that a user put into a server at boot; content is base64.
create table injected_files (instance_uuid text not null, number bigint not null, path text not null, content text not null, primary key (instance_uuid, number));
