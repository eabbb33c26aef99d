using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Organization.Absences;
using Tieline.Organization.Calendars;
using Tieline.Organization.Demo;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.Shifts;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Demo;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Organization;

public sealed class OrganizationModule : Module
{
    public override string Name => "Organization";

    public override IEnumerable<Permission> Permissions => OrganizationPermissions.Rights;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("Employees", "/employees", "users", 800, OrganizationPermissions.Read, Key: "e", Group: "Admin"),
        new("Departments", "/admin/departments", "sitemap", 810, OrganizationPermissions.Manage, Key: "d", Group: "Admin"),
        new("To Do roles", "/admin/todo-roles", "users-group", 820, OrganizationPermissions.Manage, Group: "Admin"),
        new("Calendars", "/admin/calendars", "calendar", 830, OrganizationPermissions.Read, Group: "Admin"),
        new("Shifts", "/admin/shifts", "clock-hour-4", 832, OrganizationPermissions.Read, Group: "Admin"),
    ];

    public override IEnumerable<string> Sheets => ["_content/Tieline.Organization/organization.css"];

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(OrganizationReferences.Rules);
        services.AddScoped<IOrganization, OrganizationDoor>();
        services.AddScoped<IWhoWorksHere, WhoWorksHere>();
        services.AddScoped<IStartStep, OrganizationSeed>();
        services.AddScoped<IDemoData, OrganizationDemo>();
        services.AddScoped<IUsedBy, UsedSkill>();
        services.AddScoped<IUsedBy, UsedCalendar>();
        services.AddScoped<IUsedBy, UsedShiftPattern>();
        services.AddScoped<CalendarOptions>();
        services.AddScoped<WorkOfRole>();
        services.AddScoped<ShiftBook>();
        services.AddScoped<IBusinessDays, OfficeDays>();
        foreach (var page in (RecordPage[])
            [
                new("absence", "absence", "/absences/{0}/change", OrganizationPermissions.Absences),
                new("department", "department", "/admin/departments/{0}", OrganizationPermissions.Manage),
                new("position", "position", "/admin/positions/{0}", OrganizationPermissions.Manage),
                new("employee", "employee", "/employees/{0}", OrganizationPermissions.Read),
                new("skill", "skill", "/admin/skills/{0}", OrganizationPermissions.Manage),
                new("to_do_role", "To Do role", "/admin/todo-roles/{0}", OrganizationPermissions.Manage),
                new("business_calendar", "calendar", "/admin/calendars/{0}", OrganizationPermissions.Read),
                new("shift_pattern", "shift pattern", "/admin/shifts/{0}", OrganizationPermissions.Read),
            ])
            services.AddSingleton(page);
        services.AddConfigured<ConfiguredToDoRoles>();
        services.AddConfigured<ConfiguredSkills>();
        services.AddConfigured<ConfiguredCalendars>();
        services.AddConfigured<ConfiguredShiftPatterns>();
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        MapPlaces(api);
        MapPeople(api);
        MapCalendars(api);
        MapShifts(api);
    }

    private static void MapPlaces(RouteGroupBuilder api)
    {
        api.MapGetUse<ListDepartments, ListDepartments.Input, Page<DepartmentRow>>("/departments");
        api.MapGetUse<GetDepartment, GetDepartment.Input, DepartmentRow>("/departments/{id:long}");
        api.MapPostUse<AddDepartment, AddDepartment.Input, Added>("/departments", StatusCodes.Status201Created);
        api.MapPutUse<ChangeDepartment, ChangeDepartment.Input>("/departments/{id:long}", (input, id) => input with { Id = id });

        api.MapGetUse<ListPositions, ListPositions.Input, Page<PositionRow>>("/positions");
        api.MapGetUse<GetPosition, GetPosition.Input, PositionRow>("/positions/{id:long}");
        api.MapPostUse<AddPosition, AddPosition.Input, Added>("/positions", StatusCodes.Status201Created);
        api.MapPutUse<ChangePosition, ChangePosition.Input>("/positions/{id:long}", (input, id) => input with { Id = id });

        api.MapGetUse<ListSkills, ListSkills.Input, Page<SkillRow>>("/skills");
        api.MapGetUse<GetSkill, GetSkill.Input, SkillRow>("/skills/{id:long}");
        api.MapPostUse<AddSkill, AddSkill.Input, Added>("/skills", StatusCodes.Status201Created);
        api.MapPutUse<ChangeSkill, ChangeSkill.Input>("/skills/{id:long}", (input, id) => input with { Id = id });
    }

    private static void MapPeople(RouteGroupBuilder api)
    {
        api.MapGetUse<ListEmployees, ListEmployees.Input, Page<EmployeeRow>>("/employees");
        api.MapGetUse<GetEmployee, GetEmployee.Input, GetEmployee.File>("/employees/{id:long}");
        api.MapPostUse<AddEmployee, AddEmployee.Input, Added>("/employees", StatusCodes.Status201Created);
        api.MapPutUse<ChangeEmployee, ChangeEmployee.Input>("/employees/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<EndEmployment, EndEmployment.Input, Done>("POST", "/employees/{id:long}/leave", (input, route) => input with { Id = route.Id() });
        api.MapUse<ReinstateEmployee, ReinstateEmployee.Input, Done>("POST", "/employees/{id:long}/reinstate", (input, route) => input with { Id = route.Id() });
        api.MapUse<GiveSkill, GiveSkill.Input, Done>(
            "PUT", "/employees/{employeeId:long}/skills/{skillId:long}", (input, route) => input with { EmployeeId = route.Id("employeeId"), SkillId = route.Id("skillId") });
        api.MapDeleteUse<TakeSkill, TakeSkill.Input>("/employees/{employeeId:long}/skills/{skillId:long}");

        api.MapGetUse<ListAbsences, ListAbsences.Input, Page<AbsenceRow>>("/absences");
        api.MapGetUse<GetAbsence, GetAbsence.Input, AbsenceRow>("/absences/{id:long}");
        api.MapPostUse<RecordAbsence, RecordAbsence.Input, Added>("/absences", StatusCodes.Status201Created);
        api.MapPutUse<ChangeAbsence, ChangeAbsence.Input>("/absences/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<CancelAbsence, CancelAbsence.Input, Done>("POST", "/absences/{id:long}/cancel", (input, route) => input with { Id = route.Id() });

        api.MapGetUse<ListToDoRoles, ListToDoRoles.Input, Page<ToDoRoleRow>>("/to-do-roles");
        api.MapGetUse<GetToDoRole, GetToDoRole.Input, ToDoRoleRow>("/to-do-roles/{id:long}");
        api.MapPostUse<AddToDoRole, AddToDoRole.Input, Added>("/to-do-roles", StatusCodes.Status201Created);
        api.MapPutUse<ChangeToDoRole, ChangeToDoRole.Input>("/to-do-roles/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<AddMember, AddMember.Input, Done>("POST", "/to-do-roles/{id:long}/members", (input, route) => input with { ToDoRoleId = route.Id() });
        api.MapDeleteUse<RemoveMember, RemoveMember.Input>("/to-do-roles/{toDoRoleId:long}/members/{employeeId:long}");
    }

    private static void MapCalendars(RouteGroupBuilder api)
    {
        api.MapGetUse<ListCalendars, ListCalendars.Input, Page<CalendarRow>>("/calendars");
        api.MapGetUse<GetCalendar, GetCalendar.Input, GetCalendar.Year>("/calendars/{id:long}");
        api.MapPostUse<AddCalendar, AddCalendar.Input, Added>("/calendars", StatusCodes.Status201Created);
        api.MapPutUse<ChangeCalendar, ChangeCalendar.Input>("/calendars/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<AddHoliday, AddHoliday.Input, Added>("POST", "/calendars/{id:long}/holidays", (input, route) => input with { CalendarId = route.Id() });
        api.MapUse<ImportHolidays, ImportHolidays.Input, ImportHolidays.Imported>(
            "POST", "/calendars/{id:long}/holidays/import", (input, route) => input with { CalendarId = route.Id() });
        api.MapDeleteUse<RemoveHoliday, RemoveHoliday.Input>("/holidays/{id:long}");
    }

    private static void MapShifts(RouteGroupBuilder api)
    {
        api.MapGetUse<ListShiftPatterns, ListShiftPatterns.Input, Page<ShiftPatternRow>>("/shift-patterns");
        api.MapGetUse<GetShiftPattern, GetShiftPattern.Input, ShiftPatternRow>("/shift-patterns/{id:long}");
        api.MapPostUse<AddShiftPattern, AddShiftPattern.Input, Added>("/shift-patterns", StatusCodes.Status201Created);
        api.MapPutUse<ChangeShiftPattern, ChangeShiftPattern.Input>("/shift-patterns/{id:long}", (input, id) => input with { Id = id });
        api.MapPostUse<AssignShifts, AssignShifts.Input, AssignShifts.Assigned>("/shifts/assign");
        api.MapGetUse<ListShifts, ListShifts.Input, ListShifts.Week>("/shifts");
        api.MapGetUse<GetEmployeeShifts, GetEmployeeShifts.Input, GetEmployeeShifts.Shifts>("/employees/{employeeId:long}/shifts");
        api.MapUse<RecordShiftException, RecordShiftException.Input, Added>("POST", "/employees/{id:long}/shifts/exceptions", (input, route) => input with { EmployeeId = route.Id() });
        api.MapUse<CancelShiftException, CancelShiftException.Input, Done>("POST", "/shifts/exceptions/{id:long}/cancel", (input, route) => input with { Id = route.Id() });
    }
}

internal static class OrganizationPermissions
{
    public const string Manage = "organization.manage";
    public const string Absences = "organization.absences";
    public const string Read = "organization.read";

    public static readonly Permission[] Rights =
    [
        new(Manage, "Keep departments, employees, skills, To Do roles, calendars and shifts", Roles.BusinessAdministrator),
        new(Absences, "Keep absences, and see why someone is away", Roles.Supervisor, Roles.BusinessAdministrator),
        new(Read, "See the directory of employees", Roles.All),
    ];
}
