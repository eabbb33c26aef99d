create table rule (
    id bigint primary key,
    point text not null,
    code text not null,
    name text not null,
    position integer not null,
    active boolean not null,
    from_on date,
    to_on date,
    says integer not null,
    version integer not null
);
create unique index ux_rule_code on rule (point, code);

create table rule_version (
    id bigint primary key,
    rule_id bigint not null references rule (id),
    number integer not null,
    text text not null,
    created_by text not null,
    created_at timestamp with time zone not null
);
create unique index ux_rule_version_number on rule_version (rule_id, number);
