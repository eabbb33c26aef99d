alter table person add column merged_into_id bigint references person (id);
alter table person add column merged_at timestamp with time zone;
create index ix_person_merged on person (merged_into_id) where merged_into_id is not null;
alter table premise add column merged_into_id bigint references premise (id);
alter table premise add column merged_at timestamp with time zone;
create index ix_premise_merged on premise (merged_into_id) where merged_into_id is not null;

create table merge (
    id bigint primary key,
    kind text not null,
    from_id bigint not null,
    into_id bigint not null,
    reason text not null,
    merged_by text not null,
    merged_at timestamp with time zone not null,
    undone_by text,
    undone_at timestamp with time zone,
    undone_because text,
    version integer not null
);
create index ix_merge_from on merge (from_id, id);
create index ix_merge_into on merge (into_id, id);

create table merge_moved (
    merge_id bigint not null references merge (id),
    field text not null,
    record_id bigint not null,
    before text,
    primary key (merge_id, field, record_id)
);
