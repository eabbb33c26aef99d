create table maintenance (
    id bigint primary key,
    reason text not null,
    began_at timestamp with time zone not null,
    began_by text not null,
    until_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_by text,
    version integer not null
);
create index ix_maintenance_ended on maintenance (ended_at);
