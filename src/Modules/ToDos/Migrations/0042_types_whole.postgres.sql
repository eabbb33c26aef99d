alter table to_do_type add column description text not null default '';
alter table to_do_type add column message text;
alter table to_do_type add column by_hand boolean not null default true;
alter table to_do_type add column drill_target text not null default 'ToDo';
alter table to_do_type add column sort_keys text;
alter table to_do_type add column ages_every_days integer;
alter table to_do_type add column escalates_after_days integer;
alter table to_do_type add column escalation_role_id bigint references to_do_role (id);
alter table to_do_type add column lapses_after_days integer;

create table to_do_type_role (
    type_id bigint not null references to_do_type (id),
    role_id bigint not null references to_do_role (id),
    primary key (type_id, role_id)
);
create table to_do_type_skill (
    type_id bigint not null references to_do_type (id),
    skill_id bigint not null references skill (id),
    level integer not null,
    primary key (type_id, skill_id)
);

-- What it was made with, from which its age is counted up; not where somebody has set the priority.
alter table to_do add column base_priority integer not null default 5;
update to_do set base_priority = priority;
alter table to_do add column priority_by_hand boolean not null default false;
alter table to_do add column escalated_at timestamp with time zone;
alter table to_do add column sort_key text;
-- The rule that had the last word when it was made.
alter table to_do add column rule_version_id bigint;
create index ix_to_do_sort_key on to_do (type_code, sort_key, id) where sort_key is not null and state <> 'Complete';
