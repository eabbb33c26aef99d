using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>A page that does one thing to a contact: it needs the right and the contact.</summary>
public abstract class ContactFormPage : WaitingComponent
{
    private Outcome<GetContact.File>? found;

    [Parameter] public long Id { get; set; }
    [CascadingParameter] internal HttpContext Http { get; set; } = null!;
    [Inject] internal GetContact Get { get; set; } = null!;
    [Inject] internal CurrentActor Actor { get; set; } = null!;

    /// <summary>Null until the contact is read.</summary>
    protected bool? IsHere => found?.IsClosed == true ? throw new ForbiddenException(ContactsPermissions.SeeRestricted) : found?.Ok;
    internal GetContact.File File => found!.Value;
    protected string Back => $"/contacts/{Id}";
    protected string Subtitle => $"{File.Contact.Reference} · {File.Contact.Type}{(File.Person is null ? "" : $" · {File.Person}")}";

    protected virtual string Right => "contacts.record";

    protected override async Task OnInitializedAsync()
    {
        Actor.Require(Right);
        found = await Get.Handle(new(Id), Http.RequestAborted);
        if (found.Ok)
            await Prepare(Http.RequestAborted);
    }

    protected virtual Task Prepare(CancellationToken ct) => Task.CompletedTask;

    protected static string Told(string done, IEnumerable<string> warnings) => string.Join(' ', warnings.Prepend(done));
}
