package dicomweb

// Limit lowers what the client is ready to hold.
func (c *Client) Limit(json, object int64) { c.maxJSON, c.maxObject = json, object }
