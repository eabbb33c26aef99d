create table job_incident (
    id bigint primary key,
    job_kind text not null,
    began_at timestamp with time zone not null,
    over_at timestamp with time zone
);
create unique index ux_job_incident_open on job_incident (job_kind) where over_at is null;
