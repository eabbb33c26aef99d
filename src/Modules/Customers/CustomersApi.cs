using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Alerts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Consents;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Files;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.Looks;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Customers.Timeline;
using Tieline.Customers.Warnings;
using Tieline.Platform.Files;
using Tieline.Platform.Uses;

namespace Tieline.Customers;

/// <summary>The room's routes under <c>/api/v1</c>.</summary>
internal static class CustomersApi
{
    public static void Map(RouteGroupBuilder api)
    {
        People(api.MapGroup("").WithTags("People"));
        PeopleParts(api.MapGroup("").WithTags("People"));
        Accounts(api.MapGroup("").WithTags("Accounts"));
        Premises(api.MapGroup("").WithTags("Premises"));
        Agreements(api.MapGroup("").WithTags("Agreements"));
        Notes(api.MapGroup("").WithTags("Notes"));
        Safety(api);
        Merging(api.MapGroup("").WithTags("Merging"));
        Flows.FlowParts.Map(api.MapGroup("").WithTags("Guided flows"));
        api.MapGroup("").WithTags("Search").MapGetUse<FindCustomers, FindCustomers.Input, FoundCustomers>("/search");
        api.MapGroup("").WithTags("Search").MapGetUse<CountCustomers, CountCustomers.Input, CountCustomers.Counted>("/search/count");
        Alerts(api.MapGroup("").WithTags("Alerts"));
        CustomerFiles(api.MapGroup("").WithTags("Customer files"));
        api.MapPostUse<Import.ImportCustomerRows, Import.ImportCustomerRows.Input, Import.ImportCustomerRows.Imported>("/imports/customers");
        api.MapGroup("").WithTags("Timeline").MapGetUse<ReadTimeline, ReadTimeline.Input, Page<TimelineLine>>("/timeline");
    }

    private static void People(RouteGroupBuilder api)
    {
        api.MapGetUse<ListPeople, ListPeople.Input, Page<ListPeople.Row>>("/people");
        api.MapPostUse<AddPerson, AddPerson.Input, AddPerson.Added>("/people", StatusCodes.Status201Created);
        api.MapPostUse<FindLikelyPeople, FindLikelyPeople.Input, IReadOnlyList<FindLikelyPeople.Likely>>("/people/likely");
        api.MapGetUse<GetPerson, GetPerson.Input, CustomerPerson>("/people/{id:long}");
        api.MapGetUse<GetPersonAccounts, GetPersonAccounts.Input, CustomerAccounts>("/people/{id:long}/accounts");
        api.MapGetUse<GetCaller, GetCaller.Input, GetCaller.Found>("/people/{personId:long}/caller");
        api.MapGetUse<GetCallerQuestions, GetCallerQuestions.Input, GetCallerQuestions.Found>("/people/{personId:long}/caller/questions");
        api.MapUse<VerifyCaller, VerifyCaller.Input, VerifyCaller.Verified>("POST", "/people/{id:long}/caller", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<LetTryAgain, LetTryAgain.Input, Done>("POST", "/people/{id:long}/caller/again", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<EndCaller, EndCaller.Input, Done>("POST", "/people/{id:long}/caller/end", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<SetPassphrase, SetPassphrase.Input, Done>("PUT", "/people/{id:long}/passphrase", (input, route) => input with { PersonId = route.Id() });
        api.MapGetUse<ListQuestions, ListQuestions.Input, Page<QuestionRow>>("/verification-questions");
        api.MapGetUse<GetQuestion, GetQuestion.Input, QuestionRow>("/verification-questions/{id:long}");
        api.MapPostUse<AddQuestion, AddQuestion.Input, Added>("/verification-questions", StatusCodes.Status201Created);
        api.MapPutUse<ChangeQuestion, ChangeQuestion.Input>("/verification-questions/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<BreakGlass, BreakGlass.Input, BreakGlass.Broken>("POST", "/people/{id:long}/break-glass", (input, route) => input with { PersonId = route.Id() });
        api.MapGetUse<GetRestriction, GetRestriction.Input, GetRestriction.Found>("/people/{id:long}/restriction");
        api.MapUse<RestrictPerson, RestrictPerson.Input, Done>("PUT", "/people/{id:long}/restriction", (input, route) => input with { PersonId = route.Id() });
        api.MapGetUse<ListRestricted, ListRestricted.Input, Page<ListRestricted.Row>>("/restricted-people");
        api.MapGetUse<ListGlassBreaks, ListGlassBreaks.Input, Page<ListGlassBreaks.Row>>("/glass-breaks");
        api.MapUse<ChangePerson, ChangePerson.Input, Done>("PUT", "/people/{id:long}", (input, route) => input with { PersonId = route.Id() });
    }

    private static void Alerts(RouteGroupBuilder api)
    {
        api.MapGetUse<ReadAlerts, ReadAlerts.Input, IReadOnlyList<AlertLine>>("/people/{id:long}/alerts");
        api.MapGetUse<ListAlerts, ListAlerts.Input, Page<AlertFile>>("/alerts");
        api.MapGetUse<GetAlert, GetAlert.Input, AlertFile>("/alerts/{id:long}");
        api.MapPostUse<AddAlert, AddAlert.Input, Added>("/alerts", StatusCodes.Status201Created);
        api.MapPutUse<ChangeAlert, ChangeAlert.Input>("/alerts/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<MoveAlert, MoveAlert.Input, Done>("POST", "/alerts/{id:long}/move", (input, route) => input with { Id = route.Id() });
    }

    private static void PeopleParts(RouteGroupBuilder api)
    {
        api.MapUse<ReplaceMainName, ReplaceMainName.Input, Done>("PUT", "/people/{id:long}/main-name", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<AddName, AddName.Input, Done>("POST", "/people/{id:long}/names", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<EndName, EndName.Input, Done>("POST", "/people/{id:long}/names/{part:long}/end", (input, route) => input with { PersonId = route.Id(), NameId = route.Id("part") });
        api.MapUse<WithdrawName, WithdrawName.Input, Done>("POST", "/people/{id:long}/names/{part:long}/withdraw", (input, route) => input with { PersonId = route.Id(), NameId = route.Id("part") });
        api.MapUse<AddPhone, AddPhone.Input, Done>("POST", "/people/{id:long}/phones", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<RemovePhone, RemovePhone.Input, Done>("POST", "/people/{id:long}/phones/{part:long}/remove", (input, route) => input with { PersonId = route.Id(), PhoneId = route.Id("part") });
        api.MapUse<MakePhonePrimary, MakePhonePrimary.Input, Done>("POST", "/people/{id:long}/phones/{part:long}/primary", (input, route) => input with { PersonId = route.Id(), PhoneId = route.Id("part") });
        api.MapUse<AddEmail, AddEmail.Input, Done>("POST", "/people/{id:long}/emails", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<RemoveEmail, RemoveEmail.Input, Done>("POST", "/people/{id:long}/emails/{part:long}/remove", (input, route) => input with { PersonId = route.Id(), EmailId = route.Id("part") });
        api.MapUse<MakeEmailPrimary, MakeEmailPrimary.Input, Done>("POST", "/people/{id:long}/emails/{part:long}/primary", (input, route) => input with { PersonId = route.Id(), EmailId = route.Id("part") });
        api.MapUse<AddAddress, AddAddress.Input, Done>("POST", "/people/{id:long}/addresses", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<EndAddress, EndAddress.Input, Done>("POST", "/people/{id:long}/addresses/{part:long}/end", (input, route) => input with { PersonId = route.Id(), AddressId = route.Id("part") });
        api.MapUse<AddIdentifier, AddIdentifier.Input, Done>("POST", "/people/{id:long}/identifiers", (input, route) => input with { PersonId = route.Id() });
        api.MapGetUse<RevealIdentifier, RevealIdentifier.Input, RevealIdentifier.Revealed>("/people/{id:long}/identifiers/{identifierId:long}");
        api.MapUse<RemoveIdentifier, RemoveIdentifier.Input, Done>("POST", "/people/{id:long}/identifiers/{part:long}/remove", (input, route) => input with { PersonId = route.Id(), IdentifierId = route.Id("part") });
        api.MapUse<AddRelationship, AddRelationship.Input, AddRelationship.Added>("POST", "/people/{id:long}/relationships", (input, route) => input with { PersonId = route.Id() });
        api.MapUse<EndRelationship, EndRelationship.Input, Done>("POST", "/people/{id:long}/relationships/{part:long}/end", (input, route) => input with { PersonId = route.Id(), RelationshipId = route.Id("part") });
    }

    private static void Accounts(RouteGroupBuilder api)
    {
        api.MapPostUse<OpenAccount, OpenAccount.Input, OpenAccount.Opened>("/accounts", StatusCodes.Status201Created);
        api.MapGetUse<FindAccount, FindAccount.Input, GetAccount.Found>("/accounts/by-number/{number}");
        api.MapGetUse<GetAccount, GetAccount.Input, GetAccount.Found>("/accounts/{id:long}");
        api.MapUse<ChangeAccount, ChangeAccount.Input, Done>("PUT", "/accounts/{id:long}", (input, route) => input with { Id = route.Id() });
        api.MapUse<CloseAccount, CloseAccount.Input, Done>("POST", "/accounts/{id:long}/close", (input, route) => input with { Id = route.Id() });
        api.MapUse<ReopenAccount, ReopenAccount.Input, Done>("POST", "/accounts/{id:long}/reopen", (input, route) => input with { Id = route.Id() });
        api.MapUse<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>("POST", "/accounts/{id:long}/people", (input, route) => input with { AccountId = route.Id() });
        api.MapUse<ChangePersonOnAccount, ChangePersonOnAccount.Input, Done>("PUT", "/accounts/{id:long}/people/{part:long}", (input, route) => input with { AccountId = route.Id(), EntryId = route.Id("part") });
        api.MapUse<EndPersonOnAccount, EndPersonOnAccount.Input, Done>("POST", "/accounts/{id:long}/people/{part:long}/end", (input, route) => input with { AccountId = route.Id(), EntryId = route.Id("part") });
    }

    private static void Premises(RouteGroupBuilder api)
    {
        api.MapPostUse<AddPremise, AddPremise.Input, AddPremise.Added>("/premises", StatusCodes.Status201Created);
        api.MapPostUse<FindLikelyPremises, PremiseInput, IReadOnlyList<FindLikelyPremises.Likely>>("/premises/likely");
        api.MapGetUse<GetPremise, GetPremise.Input, GetPremise.Found>("/premises/{id:long}");
        api.MapUse<ChangePremise, ChangePremise.Input, Done>("PUT", "/premises/{id:long}", (input, route) => input with { Id = route.Id() });
        api.MapUse<FlagPremise, FlagPremise.Input, Done>("PUT", "/premises/{id:long}/flags", (input, route) => input with { Id = route.Id() });
    }

    private static void Agreements(RouteGroupBuilder api)
    {
        api.MapPostUse<StartAgreement, StartAgreement.Input, StartAgreement.Started>("/agreements", StatusCodes.Status201Created);
        api.MapGetUse<GetAgreement, GetAgreement.Input, GetAgreement.Found>("/agreements/{id:long}");
        api.MapUse<MoveAgreement, MoveAgreement.Input, Done>("POST", "/agreements/{id:long}/move", (input, route) => input with { Id = route.Id() });
    }

    private static void Merging(RouteGroupBuilder api)
    {
        api.MapGetUse<PreviewPeople, PreviewPeople.Input, PreviewPeople.Forecast>("/people/{id:long}/merge");
        api.MapUse<MergePeople, MergePeople.Input, MergePeople.Merged>("POST", "/people/{id:long}/merge", (input, route) => input with { FromId = route.Id() });
        api.MapGetUse<PreviewPremises, PreviewPremises.Input, PreviewPremises.Forecast>("/premises/{id:long}/merge");
        api.MapUse<MergePremises, MergePremises.Input, MergePremises.Merged>("POST", "/premises/{id:long}/merge", (input, route) => input with { FromId = route.Id() });
        api.MapGetUse<ListMerges, ListMerges.Input, IReadOnlyList<MergeLine>>("/merges");
        api.MapGetUse<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>("/duplicates");
        api.MapGetUse<GetDuplicate, GetDuplicate.Input, DuplicateLine>("/duplicates/{id:long}");
        api.MapUse<SayNotTheSame, SayNotTheSame.Input, Done>("POST", "/duplicates/{id:long}/not-the-same", (input, route) => input with { Id = route.Id() });
        api.MapUse<UndoMerge, UndoMerge.Input, UndoMerge.Undone>("POST", "/merges/{id:long}/undo", (input, route) => input with { Id = route.Id() });
    }

    private static void Notes(RouteGroupBuilder api)
    {
        api.MapPostUse<AddNote, AddNote.Input, AddNote.Added>("/notes", StatusCodes.Status201Created);
        api.MapUse<RemoveNote, RemoveNote.Input, Done>("POST", "/notes/{id:long}/remove", (input, route) => input with { Id = route.Id() });
    }

    private static void Safety(RouteGroupBuilder api)
    {
        var authorisations = api.MapGroup("").WithTags("Authorisations");
        authorisations.MapGetUse<ListAuthorisations, ListAuthorisations.Input, Page<AuthorisationLine>>("/authorisations");
        authorisations.MapGetUse<GetAuthorisations, GetAuthorisations.Input, IReadOnlyList<AuthorisationLine>>("/people/{id:long}/authorisations");
        authorisations.MapUse<GiveAuthorisation, GiveAuthorisation.Input, Added>("POST", "/people/{id:long}/authorisations", (input, route) => input with { PersonId = route.Id() })
            .WithMetadata(new RequestSizeLimitAttribute(Attachments.MostBytesOnTheWire));
        authorisations.MapUse<ChangeAuthorisation, ChangeAuthorisation.Input, Done>(
            "PUT", "/people/{id:long}/authorisations/{part:long}", (input, route) => input with { PersonId = route.Id(), AuthorisationId = route.Id("part") });
        authorisations.MapUse<RevokeAuthorisation, RevokeAuthorisation.Input, Done>(
            "POST", "/people/{id:long}/authorisations/{part:long}/revoke", (input, route) => input with { PersonId = route.Id(), AuthorisationId = route.Id("part") });
        api.MapGroup("").WithTags("People").MapGetUse<ReportLooks, ReportLooks.Input, Page<ReportLooks.Line>>("/people/{id:long}/looks");
        var warnings = api.MapGroup("").WithTags("Warnings");
        warnings.MapGetUse<ListWarnings, ListWarnings.Input, IReadOnlyList<ListWarnings.Line>>("/warnings");
        warnings.MapGetUse<GetWarning, GetWarning.Input, GetWarning.Found>("/warnings/{id:long}");
        warnings.MapPostUse<AddWarning, AddWarning.Input, Added>("/warnings", StatusCodes.Status201Created);
        warnings.MapUse<ReviewWarning, ReviewWarning.Input, Done>("POST", "/warnings/{id:long}/review", (input, route) => input with { Id = route.Id() });
        var consents = api.MapGroup("").WithTags("Consents");
        consents.MapGetUse<GetConsents, GetConsents.Input, GetConsents.Found>("/people/{id:long}/consents");
        consents.MapUse<RecordConsents, RecordConsents.Input, Done>("PUT", "/people/{id:long}/consents", (input, route) => input with { PersonId = route.Id() });
    }

    private static void CustomerFiles(RouteGroupBuilder api)
    {
        api.MapGetUse<ListCustomerFiles, ListCustomerFiles.Input, Page<CustomerFileLine>>("/customer-files");
        api.MapPostUse<BringCustomerFile, BringCustomerFile.Input, BringCustomerFile.Brought>("/customer-files", StatusCodes.Status201Created);
        api.MapGetUse<LookAtCustomerFile, LookAtCustomerFile.Input, LookedAtFile>("/customer-files/{id:long}");
        api.MapUse<CarryCustomerFile, CarryCustomerFile.Input, Done>("POST", "/customer-files/{id:long}/import", (input, route) => input with { Id = route.Id() });
        api.MapUse<RemoveCustomerFile, RemoveCustomerFile.Input, Done>("POST", "/customer-files/{id:long}/remove", (input, route) => input with { Id = route.Id() });
    }
}
