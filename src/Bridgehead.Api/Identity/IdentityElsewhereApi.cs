namespace Bridgehead.Api;

/// <summary>What is left of the own identity service beside a Keystone: the word where that is.</summary>
internal static class IdentityElsewhereApi
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    public static void Map(Routes routes)
    {
        foreach (var method in Methods)
        {
            routes.Map(method, "/identity/{**rest}", Access.Anyone, call => Errors.WriteAsync(call, 410, $"The identity service of this cloud is the Keystone at {call.Services.Tokens.Elsewhere}."))
                .Doc("Tells where the identity service is.", 410);
        }
    }
}
