using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Tours;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;
using Tieline.ToDos.Ageing;
using Tieline.ToDos.AtAGlance;
using Tieline.ToDos.Bulk;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Reviews;
using Tieline.ToDos.Types;

namespace Tieline.ToDos;

public sealed class ToDosModule : Module
{
    public override string Name => "ToDos";

    public override IEnumerable<Permission> Permissions => ToDosPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("To Dos", "/todos", "checklist", 40, ToDosPermissions.Work, "t"),
        new("Work at a glance", "/todos/overview", "chart-bar", 42, ToDosPermissions.ReadAll),
        new("To Do types", "/admin/todo-types", "list-check", 825, ToDosPermissions.Types, Group: "Admin"),
    ];

    public override IEnumerable<string> Scripts => ["_content/Tieline.ToDos/todos.js"];

    public override IEnumerable<string> Sheets => ["_content/Tieline.ToDos/todos.css"];

    public override IEnumerable<ISettingKey> Settings => [ReviewsDue.DaysBeforeEnd, LookAtWork.Capacity];

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(ToDoReferences.Rules);
        services.AddScoped<IToDos, ToDosDoor>();
        services.AddScoped<IDemoData, Demo.ToDosDemo>();
        services.AddScoped<IUsedBy, UsedToDoType>();
        services.AddScoped<IUsedBy, RolesUsedByToDos>();
        services.AddScoped<IUsedBy, SkillsUsedByToDos>();
        services.AddScoped<Fitness>();
        services.AddScoped<ToDoWording>();
        services.AddScoped<ToDoRules>();
        services.AddScoped<Platform.Rules.IRulePoint, ToDoRulePoint>();
        services.AddConfigured<ConfiguredToDoTypes>();
        services.AddScoped<ToDoDesk>();
        services.AddScoped<UrgentToDos>();
        services.AddScoped<ExportWork>();
        services.AddScoped<ExportToDos>();
        services.AddSingleton<Customers.IAlert, OpenToDoAlert>();
        services.AddScoped<ToDosInSight>();
        services.AddScoped<Platform.Audit.IHistoryWords, ToDoHistoryWords>();
        services.AddScoped<Platform.Reasons.ITellsWhy, WhyToDo>();
        services.AddSingleton(new Platform.Reasons.RecordPage("to_do", "To Do", "/todos/{0}", ToDosPermissions.Work));
        services.AddSingleton(new Platform.Reasons.RecordPage("to_do_type", "To Do type", "/admin/todo-types/{0}", ToDosPermissions.Types));
        FromCustomers.ToldByCustomers.Add(services);
        FromCustomers.StuckAgreements.Add(services);
        services.AddScoped<IFlowWork, FromCustomers.EstateWork>();
        services.AddSingleton(new Tieline.Platform.Audit.HistoryRight("to_do", ToDosPermissions.ReadAll));
        services.AddSubscriber<EmployeeLeft, WorkOfLeavers>(WorkOfLeavers.Subscriber);
        services.AddSubscriber<AbsenceRecorded, WorkOfAbsent>(WorkOfAbsent.RecordedSubscriber);
        services.AddSubscriber<AbsenceCancelled, WorkOfAbsent>(WorkOfAbsent.CancelledSubscriber);
        services.AddSubscriber<EmployeeLeft, WorkOfAbsent>(WorkOfAbsent.DeputyLeftSubscriber);
        services.AddJob<WorkOfAbsent.Payload, WorkOfAbsent>(WorkOfAbsent.Kind);
        services.AddScoped<Readdressing>();
        services.AddScoped<HandOverWork>();
        services.AddJob<RunBulk.Payload, RunBulk>(RunBulk.Kind);
        services.AddSingleton(new Platform.Reasons.RecordPage("absence_return", "end of an absence"));
        services.AddSingleton(new Platform.Reasons.RecordPage("to_do_bulk", "step with many To Dos", "/todos/bulk/{0}", ToDosPermissions.Work));
        services.AddScoped<IAddressedWork, AddressedWork>();
        services.AddSubscriber<WarningReviewed, ReviewDone>(ReviewDone.WarningSubscriber);
        services.AddSubscriber<AuthorisationEndSettled, ReviewDone>(ReviewDone.EndSubscriber);
        services.AddScoped<IToDoKind, ReviewToDo>();
        services.AddBatch<ReviewsDue>();
        services.AddScoped<OldToDos>();
        services.AddBatch<AgePriorities>();
        services.AddBatch<EscalateOld>();
        services.AddBatch<LapseOld>();
        services.AddJob<TakeUpHeld.Payload, TakeUpHeld>(TakeUpHeld.Kind);
        services.AddTourFact("todos.completed", (db, who, since, ct) => db.Set<ToDo>().AnyAsync(t => t.CompletedAt >= since && t.CompletedBy == who, ct));
        services.AddScoped<IStartStep, ToDosSeed>();
        services.AddScoped<Customers.IFollowsMerge>(p => new ToDosFollow(p.GetRequiredService<AppDb>(), Customers.IFollowsMerge.Rows<ToDo>(p, "person", 20, t => t.PersonId, "To Dos")));
        services.AddScoped<Customers.IFollowsMerge>(p => new ToDosFollow(p.GetRequiredService<AppDb>(), Customers.IFollowsMerge.Rows<ToDo>(p, "premise", 20, t => t.PremiseId, "To Dos")));
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/todos/overview/export", ExportWork.Download).ExcludeFromDescription();
        routes.MapGet("/todos/export", ExportToDos.Download).ExcludeFromDescription();
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        api.MapGetUse<ListToDos, ListToDos.Input, Page<ToDoLine>>("/to-dos");
        api.MapGetUse<LookAtWork, LookAtWork.Input, LookAtWork.Look>("/to-dos/overview");
        api.MapGetUse<CountToDos, CountToDos.Input, CountToDos.Counts>("/to-dos/count");
        api.MapGetUse<GetToDo, GetToDo.Input, GetToDo.File>("/to-dos/{id:long}");
        api.MapPostUse<AddToDo, AddToDo.Input, Added>("/to-dos", StatusCodes.Status201Created);
        api.MapPostUse<NextToDo, NextToDo.Input, NextToDo.Given>("/to-dos/next");
        api.MapUse<StartToDo, StartToDo.Input, Done>("POST", "/to-dos/{id:long}/start", (input, route) => input with { Id = route.Id() });
        api.MapUse<PutBackToDo, PutBackToDo.Input, Done>("POST", "/to-dos/{id:long}/put-back", (input, route) => input with { Id = route.Id() });
        api.MapUse<ForwardToDo, ForwardToDo.Input, Done>("POST", "/to-dos/{id:long}/forward", (input, route) => input with { Id = route.Id() });
        api.MapUse<HoldToDo, HoldToDo.Input, Done>("POST", "/to-dos/{id:long}/hold", (input, route) => input with { Id = route.Id() });
        api.MapUse<ReopenToDo, ReopenToDo.Input, Done>("POST", "/to-dos/{id:long}/reopen", (input, route) => input with { Id = route.Id() });
        api.MapUse<CompleteToDo, CompleteToDo.Input, Done>("POST", "/to-dos/{id:long}/complete", (input, route) => input with { Id = route.Id() });
        api.MapPostUse<DoWithMany, DoWithMany.Input, Added>("/to-dos/bulk", StatusCodes.Status202Accepted);
        api.MapGetUse<ListBulks, ListBulks.Input, Page<ListBulks.Line>>("/to-dos/bulk");
        api.MapGetUse<GetBulk, GetBulk.Input, GetBulk.File>("/to-dos/bulk/{id:long}");
        api.MapPutUse<ChangePriority, ChangePriority.Input>("/to-dos/{id:long}/priority", (input, id) => input with { Id = id });

        api.MapGetUse<ListToDoTypes, ListToDoTypes.Input, Page<ToDoTypeRow>>("/to-do-types");
        api.MapGetUse<GetToDoType, GetToDoType.Input, GetToDoType.File>("/to-do-types/{id:long}");
        api.MapPostUse<AddToDoType, AddToDoType.Input, Added>("/to-do-types", StatusCodes.Status201Created);
        api.MapPutUse<ChangeToDoType, ChangeToDoType.Input>("/to-do-types/{id:long}", (input, id) => input with { Id = id });
    }
}

internal static class ToDosPermissions
{
    public const string Work = "todos.work";
    public const string ReadAll = "todos.read-all";
    public const string ForwardAll = "todos.forward-all";
    public const string Types = "todos.types";

    /// <summary>Rights of the room below.</summary>
    public const string ReadCustomers = "customers.read";
    public const string LetTryAgain = "customers.verify.again";
    public const string SeeRestricted = "customers.restricted";

    public static readonly Permission[] All =
    [
        new(Work, "See and do one's own work and that of one's roles", [.. Roles.Desk, Roles.Operator, Roles.TechnicalAdministrator]),
        new(ReadAll, "See everyone's work", Roles.Supervisor),
        new(ForwardAll, "Forward and complete everyone's work", Roles.Supervisor),
        new(Types, "Keep To Do types", Roles.BusinessAdministrator),
    ];
}

/// <summary>What every installation has: a type for work that people give each other, and one for reviews, with whoever does them.</summary>
internal sealed class ToDosSeed(AppDb db, IToDos toDos, IOrganization organization) : IStartStep
{
    public int Order => 300;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
            await Seed(ct);
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        await toDos.EnsureType("GENERAL", "General", 5, null, ct);
        await toDos.EnsureType(WorkOfAbsent.ToDoType, "Absence", 5, null, ct);
        await organization.EnsureToDoRole("REVIEWS", "Reviews of safety", "Warnings to be looked at again, authorisations that end.", ct);
        await db.SaveChangesAsync(ct);
        await toDos.EnsureType(ReviewsDue.ToDoType, "Due for review", 5, "REVIEWS", ct);
        await db.SaveChangesAsync(ct);
        await FromCustomers.ToldByCustomers.Seed(toDos, organization, db, ct);
        await FromCustomers.EstateWork.Seed(toDos, organization, db, ct);
        await FromCustomers.StuckAgreements.Seed(toDos, organization, db, ct);
    }
}
