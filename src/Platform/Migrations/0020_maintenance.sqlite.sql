create table maintenance (
    id integer primary key,
    reason text not null,
    began_at text not null,
    began_by text not null,
    until_at text,
    ended_at text,
    ended_by text,
    version integer not null
);
create index ix_maintenance_ended on maintenance (ended_at);
