/**
 * Keeps the AWS SDK's warning about Node 20 out of what people read: versions from 2027 on will need Node 22, and this
 * project pins one that does not. Imported for its effect, by every entry that talks to AWS.
 */
export const quietAwsSdk = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

Object.assign(process.env, quietAwsSdk);
