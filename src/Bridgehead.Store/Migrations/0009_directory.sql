-- What clients keep with things of the directory and the catalogue beside the fields that mean something here: a JSON object. And the options of users.
alter table domains add column extra text not null default '{}';
alter table user_groups add column extra text not null default '{}';
alter table roles add column extra text not null default '{}';
alter table identity_services add column extra text not null default '{}';
alter table identity_endpoints add column extra text not null default '{}';
alter table users add column options text not null default '{}';
