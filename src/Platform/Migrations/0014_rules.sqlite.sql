create table rule (
    id integer primary key,
    point text not null,
    code text not null,
    name text not null,
    position integer not null,
    active integer not null,
    from_on text,
    to_on text,
    says integer not null,
    version integer not null
);
create unique index ux_rule_code on rule (point, code);

create table rule_version (
    id integer primary key,
    rule_id integer not null references rule (id),
    number integer not null,
    text text not null,
    created_by text not null,
    created_at text not null
);
create unique index ux_rule_version_number on rule_version (rule_id, number);
