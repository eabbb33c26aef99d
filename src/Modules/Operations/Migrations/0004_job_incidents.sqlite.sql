create table job_incident (
    id integer primary key,
    job_kind text not null,
    began_at text not null,
    over_at text
);
create unique index ux_job_incident_open on job_incident (job_kind) where over_at is null;
