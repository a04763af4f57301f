-- What clients keep with things of the directory and the catalogue beside the fields that mean something here: a JSON object. And the options of users.
alter table domains add column extra text not null default '{}';
alter table user_groups add column extra text not null default '{}';
alter table roles add column extra text not null default '{}';
alter table identity_services add column extra text not null default '{}';
alter table identity_endpoints add column extra text not null default '{}';
alter table users add column options text not null default '{}';

-- Who has the one role has the other. As in every new Keystone, administrators are members and members are readers.
create table implied_roles (prior_id text not null references roles (id), implied_id text not null references roles (id), primary key (prior_id, implied_id));
create index implied_roles_implied on implied_roles (implied_id);
insert into implied_roles (prior_id, implied_id) select p.id, i.id from roles p, roles i where (p.name = 'admin' and i.name = 'member') or (p.name = 'member' and i.name = 'reader');
-- Every role that somebody has by having the prior one: that one itself, what it implies, and what those imply.
create view role_closure as with recursive c (prior_id, role_id) as (
    select id, id from roles
    union select c.prior_id, i.implied_id from c join implied_roles i on i.prior_id = c.role_id)
  select prior_id, role_id from c;
