create table alert_setting (
    id bigint primary key,
    code text not null,
    seed text,
    name text not null,
    active boolean not null,
    position integer not null,
    tone text not null,
    conditions text not null,
    customer_class text,
    from_on date not null,
    to_on date,
    version integer not null
);
create unique index ux_alert_setting_seed on alert_setting (seed);
