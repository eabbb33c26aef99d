alter table person add column merged_into_id integer references person (id);
alter table person add column merged_at text;
create index ix_person_merged on person (merged_into_id) where merged_into_id is not null;
alter table premise add column merged_into_id integer references premise (id);
alter table premise add column merged_at text;
create index ix_premise_merged on premise (merged_into_id) where merged_into_id is not null;

create table merge (
    id integer primary key,
    kind text not null,
    from_id integer not null,
    into_id integer not null,
    reason text not null,
    merged_by text not null,
    merged_at text not null,
    undone_by text,
    undone_at text,
    undone_because text,
    version integer not null
);
create index ix_merge_from on merge (from_id, id);
create index ix_merge_into on merge (into_id, id);

create table merge_moved (
    merge_id integer not null references merge (id),
    field text not null,
    record_id integer not null,
    before text,
    primary key (merge_id, field, record_id)
);
