create table job_node (
    name text primary key,
    started_at timestamp with time zone not null,
    seen_at timestamp with time zone not null,
    slots integer not null
);
create index ix_job_node_seen on job_node (seen_at);
