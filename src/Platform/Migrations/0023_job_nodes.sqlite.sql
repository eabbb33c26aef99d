create table job_node (
    name text primary key,
    started_at text not null,
    seen_at text not null,
    slots integer not null
);
create index ix_job_node_seen on job_node (seen_at);
